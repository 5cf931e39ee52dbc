"""The catalogue matches the company's table of events, and each entry is complete."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub.catalog import BY_NAME, CATALOG
from hub.cloudevents.schemas import Schemas
from hub.contact_rules.purposes import PURPOSES
from hub.messages.results import PREFIX
from hub.model import Audience, ClockMove, EventType, Lane, Move, Purpose
from hub.model.results import ResultKind
from hub.model.standing_tasks import DUE
from hub.people.audience import party_words
from hub.people.audience.parties import EVERY_SEGMENT, SEGMENTS
from hub.policy import load_policy
from hub.policy.clocks import CALLS
from hub.rendering.notice_items_es import ITEMS
from tests.for_each import for_each

ROOT: Final = Path(__file__).parents[2]
MISSION: Final = json.loads((ROOT / "tests/vectors/events.json").read_text())
USED: Final = "the channel used"


def to(who: str, purpose: str, channels: str, paper: str = "never") -> dict[str, Any]:
    """Write an audience as the table does: a space between steps, a `+` between the channels of one."""
    steps: Any = USED if channels == USED else [step.split("+") for step in channels.split()]
    return {"who": who.split(), "purpose": purpose, "channels": steps, "print": paper}


def entry(name: str, lane: str, case: str, *audiences: dict[str, Any], **clocks: str) -> dict[str, Any]:
    """Write an event as the table does, without what only people read."""
    moves = [{"clock": clock, "move": move} for clock, move in clocks.items()]
    return {"name": name, "lane": lane, "case": case, "audiences": list(audiences), "clocks": moves}


def revised(name: str, *audiences: dict[str, Any], case: str | None = None, **clocks: str) -> dict[str, Any]:
    """Return the entry of the table, with more audiences and moves."""
    [said] = [event for event in MISSION["events"] if event["name"] == name]
    more = entry(name, said["lane"], case or said["case"], *audiences, **clocks)
    whole: dict[str, Any] = said | more
    return whole | {key: [*said[key], *more[key]] for key in ("audiences", "clocks")}


def answered_as_asked(name: str) -> dict[str, Any]:
    """Return the entry of the table, whose first audience is reached by the channel that it has used."""
    [said] = [event for event in MISSION["events"] if event["name"] == name]
    return dict(said | {"audiences": [said["audiences"][0] | {"channels": USED}]})


IN_THE_PROSE: Final = [
    # Delegation during leave, the weekly rota.
    *(
        entry(f"directory.{noun}.{verb}", "normal", f"{noun}_id")
        for noun in ("leave", "rota")
        for verb in ("upserted", "removed")
    ),
    # The publisher says who has not voted.
    entry("admin.vote.pending", "normal", "vote_id", to("pending", "service", "email+push")),
    entry("admin.vote.closed", "normal", "vote_id"),
]
"""Only in the prose of the table."""
REVISED: Final = [
    revised("support.replied", **dict.fromkeys(CALLS, "stop")),
    # Owners and proxies who live elsewhere hear of an emergency (decision 174).
    *(
        revised(name, to("copropiedad:absentees", "service", "email+inbox"), **clocks)
        for name, clocks in (
            ("emergency.updated", {"emergency_unreached": "cancel"}),
            ("emergency.declared", {}),
        )
    ),
    # A lost answer counts only once its letter is handed over, and staff is asked first where only a report
    # says so.
    revised("notification.undelivered", case="thread_id", legal_term="reopen"),
    # The staff who can act on a package that nobody collects.
    revised("sla.breached", to("staff:front_desk", "internal", "inbox+email")),
    answered_as_asked("pqrs.replied"),
    # A legal message is sent once; the second call has reminders, which are a service.
    revised(
        "admin.assembly.second_call",
        to("copropiedad:owners copropiedad:proxies", "service", "push whatsapp sms"),
    ),
    # The reminder that the note of the table asks for is a courtesy: a legal message is sent once.
    revised("pqrs.info_requested", to("petitioner", "transactional", "email+sms")),
]
EMITTED: Final = [
    *(
        entry(f"notification.{what}", "normal", "thread_id", to("staff:service", "internal", "inbox+email"))
        for what in ("bounce_reported", "unrecognised")
    ),
    entry("notification.handed_over", "normal", "thread_id", legal_term="stop"),
    entry(
        "sla.acknowledged",
        "urgent",
        "thread_id",
        first_reply="acknowledge",
        legal_term="acknowledge",
        emergency_ack="stop",
        emergency_reply="stop",
        emergency_unreached="stop",
    ),
    # Only in the prose of the table: a level acknowledges, and a text that acknowledges is answered.
    entry("sla.take_on.answered", "urgent", "thread_id", to("sender", "transactional", "sms")),
    # What somebody wrote is a PQRS from now on.
    entry("inbound.message.filed", "normal", "thread_id", first_reply="cancel"),
    # Somebody of the staff answers what is of no case, or writes first.
    entry(
        "support.written",
        "normal",
        "thread_id",
        to("recipient", "transactional", USED),
        **dict.fromkeys(
            ("first_reply", "emergency_callback", "emergency_reply", "emergency_unreached"), "stop"
        ),
    ),
    # The residents' page is the hub's own: nobody else asks for its codes.
    entry("resident.code.requested", "urgent", "request_id", to("resident", "transactional", "email sms")),
    # A notice waits for it by a person's own wish; the table knows only the messages that it stands for.
    entry("resident.digest.ready", "bulk", "digest_id", to("resident", "service", "email push")),
    # The former contact of a person learns of a change, of one by hand the new one, too.
    entry(
        "person.contact.changed",
        "bulk",
        "change_id",
        *(to(f"{which}_contact", "transactional", "email sms") for which in ("former", "new")),
    ),
    # Those who had what was taken back read what is right, by the same channels.
    entry(
        "admin.correction.issued",
        "normal",
        "correction_id",
        *(
            to("copropiedad:owners copropiedad:residents", purpose, USED, "both")
            for purpose in ("service", "legal")
        ),
    ),
    # The holder of an account learns that somebody else has reset its password.
    entry("hub.account.reset", "urgent", "reset_id", to("holder", "internal", "email+inbox")),
    # Who is mentioned in a note, or gets a case, reads so in the inbox.
    entry("hub.colleague.called", "normal", "call_id", to("colleague", "internal", "inbox email")),
    # Whom a communication needs, or waits for, and that it has paused itself.
    entry(
        "hub.communication.called", "normal", "call_id", to("colleague staff:ops", "internal", "inbox+email")
    ),
    # Who writes a communication reads it before anybody else.
    entry("hub.communication.tried", "normal", "try_id", to("holder", "internal", "email+inbox")),
    # A person who answers a message of an emergency may need help now.
    entry(
        "emergency.reply.received",
        "urgent",
        "thread_id",
        to("staff:front_desk staff:on_call", "emergency", "voice+sms+push+email"),
        to("sender", "emergency", USED),
        emergency_reply="start",
    ),
    # Somebody must call a person whom nothing reaches in an emergency.
    entry(
        "emergency.unreached",
        "urgent",
        "thread_id",
        to("staff:front_desk staff:on_call", "emergency", "voice+sms+push+email"),
        emergency_unreached="start",
    ),
    # Only in the note of `sla.at_risk`: a digest a day by email.
    entry("sla.digest", "normal", "digest_id", to("holder", "internal", "email inbox")),
]
"""What the hub emits and the table does not know, or only its prose."""
OF_NOBODY_NAMED: Final = frozenset(
    {"pqrs.received", "pqrs.info_requested", "pqrs.term_extended", "pqrs.transferred", "pqrs.responded"}
)
"""Who has not said who they are is answered on the board (Ley 1437 de 2011, art. 69)."""
MEANT: Final = {event["name"]: event for event in [*MISSION["events"], *IN_THE_PROSE, *REVISED, *EMITTED]}
HUB_EMITS: Final = {*MISSION["hub_emits"], *(event["name"] for event in EMITTED)}
SCHEMAS: Final = Schemas.load()

LATER_WORDS: Final = {"voice_from_level": "voice is not built yet"}
NOT_ALWAYS: Final = {
    "notification.undelivered": "what is on its way from an older hub names no case",
    "notification.unrecognised": "what is about no case carries a code, too",
}
WHEN: Final = {
    ("notification.undelivered", "legal_term"): {"about": "pqrs.responded"},
    ("notification.handed_over", "legal_term"): {"about": "pqrs.responded"},
    ("emergency.updated", "emergency_ack"): {"status": "cleared"},
    ("emergency.updated", "emergency_unreached"): {"status": "cleared"},
    ("admin.assembly.convened", "convocation_lead"): {"kind": "ordinaria"},
    ("admin.correction.issued", "copropiedad:owners"): {"purpose": "legal"},
    ("pqrs.escalated", "petitioner"): {"cause": "unanswered"},
    ("sla.breached", "staff:front_desk"): {"kind": "custody"},
    ("inbound.message.received", "first_reply"): {"kind": "reply"},
    ("inbound.message.received", "staff:service"): {"kind": "reply"},
    ("inbound.message.received", "sender"): {"acknowledge": "True"},
    ("sla.take_on.answered", "sender"): {"acknowledge": "True"},
    ("emergency.reply.received", "sender"): {"acknowledge": "True"},
    ("emergency.reply.received", "emergency_reply"): {"from_staff": "False"},
    ("support.email.received", "first_reply"): {"auto_submitted": "False"},
    ("support.email.received", "sender"): {"auto_submitted": "False"},
    ("support.call.missed", "first_reply"): {"line": "main"},
    ("support.call.missed", "emergency_callback"): {"line": "emergency"},
    ("support.call.missed", "staff:on_call"): {"line": "emergency"},
}
"""Only in the prose of the table: the conditions of a move and of an audience."""


def described(audience: Audience) -> dict[str, Any]:
    return {
        "who": list(audience.who),
        "purpose": str(audience.purpose),
        "channels": _ways(audience),
        "print": str(audience.print),
    }


def _ways(audience: Audience) -> Any:
    if audience.one_authorised:
        return "the one authorised channel"
    return "the channel used" if audience.channel_by else [list(step) for step in audience.channels]


def starts(clock: str) -> list[EventType]:
    begins = {Move.START, Move.CHECK}
    return [kind for kind in CATALOG if any(m.clock == clock and m.move in begins for m in kind.clocks)]


CLOCKS: Final = sorted({move.clock for kind in CATALOG for move in kind.clocks})
PUBLISHED: Final = [kind for kind in CATALOG if not kind.hub_emitted]


@for_each(CATALOG)
def test_entry_matches_the_table_of_events(kind: EventType) -> None:
    meant = MEANT[kind.name]
    audiences = [
        {key: value for key, value in audience.items() if key not in LATER_WORDS}
        for audience in meant["audiences"]
    ]
    clocks = [(move["clock"], move["move"]) for move in meant["clocks"]]

    assert str(kind.lane) == meant["lane"]
    assert kind.case == meant["case"]
    assert [described(audience) for audience in kind.audiences] == [
        audience | {"print": "both"}
        if meant["name"] in OF_NOBODY_NAMED and audience["print"] == "letter"
        else audience
        for audience in audiences
    ]
    assert [(move.clock, str(move.move)) for move in kind.clocks] == clocks
    assert kind.hub_emitted is (kind.name in HUB_EMITS)


def test_every_event_of_the_table_that_moves_a_clock_has_an_entry() -> None:
    """Every promise of the table has a clock."""
    moving = {event["name"] for event in MISSION["events"] if event["clocks"]}

    assert moving <= set(BY_NAME)


def test_conditions_are_the_listed_ones() -> None:
    moves = {
        (kind.name, move.clock): dict(move.when) for kind in CATALOG for move in kind.clocks if move.when
    }
    audiences = {
        (kind.name, audience.who[0]): dict(audience.when)
        for kind in CATALOG
        for audience in kind.audiences
        if audience.when
    }

    assert moves | audiences == WHEN


def test_reminders_and_their_ends_are_the_listed_ones() -> None:
    reminders = {
        kind.name: [
            (
                reminder.field or reminder.follow_up,
                -reminder.business_days or reminder.offset.total_seconds() / 3600,
            )
            for reminder in kind.reminders
        ]
        for kind in CATALOG
        if kind.reminders
    }

    assert reminders == {
        "accounting.documents.requested": [("needed_by", -48.0)],
        "accounting.tax_deadline.approaching": [
            ("due_on", -24.0 * 15),
            ("due_on", -24.0 * 5),
            ("due_on", -24.0),
        ],
        "admin.assembly.convened": [("starts_at", -72.0), ("starts_at", -24.0)],
        "admin.assembly.second_call": [("starts_at", -24.0), ("starts_at", -2.0)],
        "admin.visit.scheduled": [("starts_at", -24.0)],
        "admin.invitation.issued": [("starts_at", -24.0)],
        "admin.vote.opened": [("closes_at", -24.0)],
        "admin.vote.pending": [("closes_at", -24.0)],
        "concierge.package.received": [("received_at", 48.0)],
        "maintenance.scheduled.announced": [("starts_at", -24.0), ("starts_at", -2.0)],
        "maintenance.scheduled.changed": [("starts_at", -24.0), ("starts_at", -2.0)],
        "pqrs.info_requested": [("answer_by", -3), ("answer_by", -1)],
        "realestate.visit.scheduled": [("starts_at", -2.0)],
        "staff.training.scheduled": [("starts_at", -24.0)],
        "survey.requested": [("survey_reminder", 0.0)],
    }
    assert sorted(kind.name for kind in CATALOG if kind.ends_reminders) == [
        "accounting.documents.received",
        "accounting.report.delivered",
        "accounting.tax_deadline.approaching",
        "accounting.tax_obligation.filed",
        "admin.assembly.cancelled",
        "admin.assembly.convened",
        "admin.assembly.second_call",
        "admin.invitation.issued",
        "admin.visit.scheduled",
        "admin.vote.closed",
        "admin.vote.opened",
        "admin.vote.pending",
        "concierge.package.collected",
        "inbound.message.filed",
        "maintenance.scheduled.announced",
        "maintenance.scheduled.cancelled",
        "maintenance.scheduled.changed",
        "maintenance.scheduled.completed",
        "pqrs.closed",
        "pqrs.info_received",
        "pqrs.info_requested",
        "pqrs.responded",
        "pqrs.transferred",
        "pqrs.withdrawn",
        "realestate.rent.received",
        "realestate.visit.cancelled",
        "realestate.visit.scheduled",
        "staff.training.scheduled",
        "survey.answered",
    ]
    assert ["inbound.message.filed", "maintenance.scheduled.completed"] == sorted(
        kind.name for kind in CATALOG if kind.ends_messages
    )


def test_ends_of_collection_and_ends_of_a_use_are_the_listed_ones() -> None:
    assert sorted(kind.name for kind in CATALOG if kind.ends_collection) == [
        "admin.account.overdue",
        "admin.payment.received",
        "realestate.rent.overdue",
        "realestate.rent.received",
    ]
    assert {kind.name: kind.useful_until for kind in CATALOG if kind.useful_until} == {
        "admin.circular.issued": "valid_until",
        "admin.invitation.issued": "starts_at",
        "admin.visit.scheduled": "starts_at",
        "admin.vote.opened": "closes_at",
        "admin.vote.pending": "closes_at",
        "accounting.tax_deadline.approaching": "due_on",
        "contract.renewal.due": "ends_on",
        "maintenance.scheduled.announced": "ends_at",
        "maintenance.scheduled.changed": "ends_at",
        "realestate.contract.expiring": "notice_deadline",
        "realestate.listing.promoted": "valid_until",
        "realestate.visit.scheduled": "starts_at",
        "staff.training.scheduled": "starts_at",
        "survey.requested": "expires_at",
    }


def test_what_asks_for_something_ends_with_what_brings_it() -> None:
    asking = {kind.name: kind for kind in CATALOG if kind.answered_by}

    assert asking.keys() == {"pqrs.info_requested", "accounting.documents.requested"}
    for kind in asking.values():
        answers = [BY_NAME[name] for name in kind.answered_by]
        # The statement that ends them runs for cases whose reminders have ended.
        assert {(kind.realm, kind.case, True)} == {
            (one.realm, one.case, one.ends_reminders) for one in answers
        }


def test_what_may_wait_for_a_digest_is_the_listed_news_and_nothing_else() -> None:
    waiting = [(kind, audience) for kind in CATALOG for audience in kind.audiences if audience.digestible]

    assert [(kind.name, audience.template) for kind, audience in waiting] == [
        ("policy.updated", None),
        ("admin.decision.published", None),
        ("admin.financial_report.published", None),
        ("admin.circular.issued", None),
    ]
    assert {kind.name for kind, _ in waiting} == ITEMS.keys()
    assert {"effective_on"} == {kind.takes_effect for kind in CATALOG if kind.takes_effect}
    for kind, audience in waiting:
        # No clock, no reminder, nothing that is answered: nobody waits for a notice that a digest holds back.
        assert PURPOSES[audience.purpose].digestible
        assert Lane.BULK is kind.lane
        assert () == (*kind.clocks, *kind.reminders, *kind.follow_ups)


@for_each(CATALOG)
def test_collection_goes_over_the_one_authorised_channel(kind: EventType) -> None:
    for audience in kind.audiences:
        assert audience.one_authorised is (audience.purpose == "collection")


@for_each(CATALOG)
def test_audience_of_an_event_is_one_of_its_words(kind: EventType) -> None:
    for audience in kind.audiences:
        if audience.who_by is not None:
            words = {word.rpartition(":")[2] for word in audience.who}
            # A reminder of tasks is of one owner.
            both = set() if kind.name == DUE else {"both"}
            assert set(properties(kind)[audience.who_by]["enum"]) == {*words, *both}


def test_follow_ups_and_their_ends_are_the_listed_ones() -> None:
    listed = {
        kind.name: [(follow_up.event, follow_up.name, follow_up.to) for follow_up in kind.follow_ups]
        for kind in CATALOG
        if kind.follow_ups
    }
    survey, owners = "survey.requested", ("copropiedad:owners", "copropiedad:proxies")

    assert listed == {
        "admin.assembly.held": [(survey, "survey_after_assembly", owners)],
        "maintenance.request.completed": [(survey, "survey_after_repair", ("requester",))],
        "pqrs.closed": [(survey, "survey_after_pqrs", ("petitioner",))],
        "realestate.handover.completed": [
            ("realestate.followup.due", "followup_after_handover", ()),
            (survey, "survey_after_handover", ("party",)),
        ],
        "survey.answered": [("satisfaction.detractor.detected", "detractor", ())],
    }
    assert sorted(kind.name for kind in CATALOG if kind.ends_follow_ups) == [
        "admin.assembly.cancelled",
        "maintenance.request.assigned",
        "maintenance.request.cancelled",
        "pqrs.reopened",
        "pqrs.withdrawn",
    ]


def test_each_follow_up_has_its_delay_in_the_policy_but_the_call_of_a_detractor() -> None:
    delayed = {follow_up.name for kind in CATALOG for follow_up in kind.follow_ups}
    reminders = {reminder.follow_up for kind in CATALOG for reminder in kind.reminders} - {None}

    assert {"detractor"} == (delayed | reminders) - set(load_policy().follow_ups)


def test_names_are_unique_and_found() -> None:
    assert [BY_NAME[kind.name] for kind in CATALOG] == list(CATALOG)
    assert len(BY_NAME) == len(CATALOG)


def test_each_entry_has_a_schema_and_each_schema_an_entry() -> None:
    files = {path.name.removesuffix(".v1.json") for path in (ROOT / "schemas").iterdir()}

    assert files == set(BY_NAME) | {f"{PREFIX}{kind}" for kind in ResultKind}


def test_each_event_that_others_publish_has_an_example_to_publish() -> None:
    files = {path.name.removesuffix(".json") for path in (ROOT / "examples").glob("*.json")}

    assert files == {kind.name for kind in PUBLISHED}


@for_each(CLOCKS)
def test_each_clock_has_a_start_and_a_stop_and_a_place_in_the_policy(clock: str) -> None:
    moves = {move.move for kind in CATALOG for move in kind.clocks if move.clock == clock}
    rules = load_policy().clocks[clock]

    assert moves & {Move.START, Move.CHECK}
    # A silent clock is not our promise: a payment cancels it, and nothing is met.
    assert (Move.CANCEL if rules.silent else Move.STOP) in moves


def test_each_promise_of_the_policy_is_started_by_some_event() -> None:
    assert set(load_policy().clocks) == set(CLOCKS)


@for_each(CLOCKS)
def test_pausable_clocks_can_resume_and_extendable_clocks_have_a_limit(clock: str) -> None:
    moves = {move.move for kind in CATALOG for move in kind.clocks if move.clock == clock}

    assert (Move.PAUSE in moves) is (Move.RESUME in moves)
    assert (Move.EXTEND in moves) is (load_policy().clocks[clock].extension is not None)


@for_each(CLOCKS)
def test_a_term_that_depends_on_a_field_knows_every_value_of_the_field(clock: str) -> None:
    rules = load_policy().clocks[clock]
    values = {
        value for kind in starts(clock) for value in properties(kind).get(rules.by or "", {}).get("enum", [])
    }
    known = set(rules.target) if isinstance(rules.target, Mapping) else set()

    assert values <= known
    assert bool(values) is (rules.by is not None)


@for_each(CLOCKS)
def test_day_of_a_dated_promise_is_a_field_of_its_opening_event(clock: str) -> None:
    rules = load_policy().clocks[clock]
    if rules.until is None:
        return
    for kind in starts(clock):
        assert properties(kind)[rules.until]["format"] in {"date", "date-time"}
        assert rules.target or rules.until in SCHEMAS.by_name[kind.name].document["required"]


@for_each(CATALOG)
def test_fields_that_an_entry_uses_are_required_in_its_schema(kind: EventType) -> None:
    required = set(SCHEMAS.by_name[kind.name].document["required"])
    conditions: list[ClockMove | Audience] = [*kind.clocks, *kind.audiences]

    assert (kind.case in required) is (kind.name not in NOT_ALWAYS)
    assert {reminder.field for reminder in kind.reminders if reminder.field} <= required
    assert {audience.who_by for audience in kind.audiences if audience.who_by} <= required
    assert {key for condition in conditions for key in condition.when} <= required


@for_each(CATALOG)
def test_a_reminder_counts_from_an_instant_or_before_a_date(kind: EventType) -> None:
    for reminder in kind.reminders:
        named = [field for field in (reminder.field, reminder.until) if field]
        shapes = {properties(kind)[field]["format"] for field in named}
        whole_days = bool(reminder.before) and reminder.offset % timedelta(days=1) == timedelta(0)

        assert shapes <= ({"date-time", "date"} if whole_days else {"date-time"})


@for_each(CATALOG)
def test_messages_that_lose_their_use_name_a_date_or_an_instant(kind: EventType) -> None:
    if kind.useful_until is not None:
        assert properties(kind)[kind.useful_until]["format"] in {"date", "date-time"}
        assert Purpose.LEGAL not in {audience.purpose for audience in kind.audiences}


@for_each(CATALOG)
def test_the_segments_of_a_schema_are_those_of_the_directory(kind: EventType) -> None:
    for audience in kind.audiences:
        if audience.segment_by is not None:
            assert set(properties(kind)[audience.segment_by]["enum"]) == {EVERY_SEGMENT, *SEGMENTS}


@for_each(CATALOG)
def test_people_whom_an_entry_names_are_recipients_in_its_schema(kind: EventType) -> None:
    words = {word for audience in kind.audiences for word in party_words(audience)}
    recipients = {
        name
        for name, definition in properties(kind).items()
        for part in (definition, *definition.get("anyOf", ()))
        if part.get("$ref") == "#/$defs/recipient"
    }

    assert words == recipients


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("pqrs.received", "petitioner"),
        ("maintenance.request.received", "requester"),
        ("maintenance.request.assigned", "technician"),
        ("pqrs.assigned", "assignee"),
        ("privacy.query.received", "data_subject"),
        ("privacy.claim.received", "data_subject"),
        ("support.email.received", "sender"),
        ("support.form.received", "sender"),
        ("support.counter.received", "visitor"),
        ("support.chat.missed", "visitor"),
        ("support.call.missed", "caller"),
        ("accounting.delivery.committed", "accounting_client"),
        ("concierge.incident.reported", "affected"),
        ("admin.sanction.notified", "person"),
        ("admin.vote.pending", "pending"),
        ("service.terms.changed", "client"),
        ("realestate.conflict.opened", "party_a"),
        ("realestate.conflict.opened", "party_b"),
        ("realestate.visit.scheduled", "interested"),
        ("realestate.visit.scheduled", "landlord"),
        ("realestate.visit.scheduled", "agent"),
        # A lease or a deal has no opening event: each of these may be the first.
        ("realestate.contract.expiring", "landlord"),
        ("realestate.contract.expiring", "agent"),
        ("realestate.contract.notice_served", "counterparty"),
        ("realestate.rent.received", "tenant"),
        ("realestate.rent.received", "landlord"),
        ("realestate.transaction.milestone", "party"),
        ("realestate.handover.completed", "party"),
        ("accounting.tax_deadline.approaching", "accounting_client"),
        ("contract.renewal.due", "client"),
        # Until then, only staff is notified.
        ("privacy.incident.subjects_informed", "affected"),
    ],
)
def test_the_event_that_opens_a_case_must_name_its_people(name: str, word: str) -> None:
    assert word in SCHEMAS.by_name[name].document["required"]


@for_each(CATALOG)
def test_no_two_audiences_of_an_event_read_the_same_text(kind: EventType) -> None:
    for one, other in itertools.combinations(kind.audiences, 2):
        # With other values of the same condition they are never both of an event.
        apart = one.when != other.when and one.when.keys() == other.when.keys()
        assert one.template != other.template or apart


def properties(kind: EventType) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = SCHEMAS.by_name[kind.name].document["properties"]
    return found


def test_no_audience_has_the_inbox_as_its_only_channel() -> None:
    """An entry that waits to be looked for reaches nobody."""
    alone = [
        (kind.name, audience.who)
        for kind in CATALOG
        for audience in kind.audiences
        if {name for step in audience.channels for name in step} == {"inbox"}
    ]

    assert alone == []


@pytest.mark.parametrize("name", ["sla.at_risk", "sla.breached", "pqrs.received", "inbound.message.received"])
def test_what_staff_must_act_on_goes_by_mail_as_well(name: str) -> None:
    staff = [audience for audience in BY_NAME[name].audiences if audience.purpose == "internal"]

    assert staff
    assert all(any("email" in step for step in audience.channels) for audience in staff)
