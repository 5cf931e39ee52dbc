"""Notice digests: the due instant, the messages that may wait for one, and its words."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hub.business_time.dates import ZONE
from hub.catalog import BY_NAME, CATALOG
from hub.cloudevents.schemas import Schemas
from hub.contact_rules.digests import digest_due
from hub.desk.preferences.rows import PreferencesBody
from hub.desk.preferences.settings import with_setting
from hub.errors import InvalidPreference
from hub.messages.delivery.notice_digest import GATHER, held_for_digest
from hub.model import (
    Claimed,
    ContactFacts,
    DigestPeriod,
    EventType,
    Outcome,
    Preferences,
    Purpose,
    QuietHours,
    State,
)
from hub.model.notice_digests import HeldNotice, NoticeDigest
from hub.policy import Policy, load_policy
from hub.rendering.notice_items_es import ITEMS
from hub.timers.notice_digests import LONGEST, MOST, compose
from tests.for_each import for_each
from tests.unit.delivery_harness import mail
from tests.unit.factories import HOUR, MONDAY, POLICY, claim_of, local
from tests.unit.test_templates import TEMPLATES, context, examples

CIRCULAR, DECISION = "admin.circular.issued", "admin.decision.published"
NAME = "resident.digest.ready"
DUE = local("2026-03-09 18:00")


def wishes(every: str = "daily", quiet: QuietHours | None = None) -> ContactFacts:
    return ContactFacts(preferences=Preferences(digest=DigestPeriod(every), quiet_hours=quiet))


def claimed(
    name: str = CIRCULAR,
    data: Any = None,
    *,
    facts: ContactFacts | None = None,
    at: datetime = MONDAY,
    **fields: Any,
) -> Claimed:
    message = mail(event=name, **{"purpose": Purpose.SERVICE, "state": State.SENDING, **fields})
    return claim_of(message, event_time=at, data=data or {}, contact=facts or wishes())


def held(one: Claimed, now: datetime = MONDAY, policy: Policy = POLICY) -> Outcome | None:
    return held_for_digest(one, BY_NAME.get(one.message.event), policy=policy, now=now)


def overlaid(folder: Path, text: str) -> Policy:
    (folder / "policy.toml").write_text(text)
    return load_policy(folder / "policy.toml")


@pytest.mark.parametrize(
    ("every", "since", "due"),
    [
        ("daily", "2026-03-09 17:59", "2026-03-09 18:00"),
        ("daily", "2026-03-09 18:00", "2026-03-10 18:00"),
        # A Friday, and the Friday after.
        ("weekly", "2026-03-09 08:00", "2026-03-13 18:00"),
        ("weekly", "2026-03-13 17:59", "2026-03-13 18:00"),
        ("weekly", "2026-03-13 18:00", "2026-03-20 18:00"),
        ("weekly", "2026-03-14 00:00", "2026-03-20 18:00"),
    ],
)
def test_digest_is_due_at_the_next_hour_of_the_policy(every: str, since: str, due: str) -> None:
    assert local(due) == digest_due(wishes(every), local(since), policy=POLICY)


def test_digest_waits_for_the_end_of_quiet_hours() -> None:
    quiet = QuietHours(since="17:30", until="06:15")

    assert local("2026-03-10 06:15") == digest_due(wishes(quiet=quiet), MONDAY, policy=POLICY)


def test_each_instant_has_one_next_digest_within_its_rhythm() -> None:
    for hours in range(24 * 15):
        since = MONDAY + hours * HOUR
        for every, most in (("daily", timedelta(days=1)), ("weekly", timedelta(days=7))):
            due = digest_due(wishes(every), since, policy=POLICY)
            assert due is not None
            assert since < due <= since + most
            assert (18, 0) == (due.astimezone(ZONE).hour, due.minute)


def test_without_an_hour_in_the_policy_nothing_waits(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, '[digest]\nat = "never"\n')

    assert held(claimed(), policy=policy) is None


def test_what_may_wait_is_held_an_hour_longer_than_the_digest_is_due() -> None:
    outcome = held(claimed(expires_at=MONDAY + 2 * HOUR))

    assert outcome is not None
    assert (State.HELD, "digest", DUE + GATHER) == (outcome.state, outcome.reason, outcome.next_at)
    assert not outcome.tried
    # Waiting does not use up its life.
    assert MONDAY + 2 * HOUR + (DUE + GATHER - MONDAY) == outcome.expires_at


@for_each(CATALOG)
def test_nothing_waits_but_what_the_catalogue_says_may(kind: EventType) -> None:
    for number, audience in enumerate(kind.audiences):
        one = claimed(kind.name, audience=number, purpose=audience.purpose)
        assert (held(one) is not None) is audience.digestible


@pytest.mark.parametrize(
    "fields", [{"channel": "inbox"}, {"channel": "print"}, {"occasion": "reminder:T-24h"}]
)
def test_what_disturbs_nobody_and_reminders_do_not_wait(fields: dict[str, Any]) -> None:
    assert held(claimed(**fields)) is None


def test_it_waits_once_and_then_leaves() -> None:
    assert held(claimed(), DUE - timedelta(seconds=1)) is not None
    assert held(claimed(), DUE) is None
    assert held(claimed(), DUE + 30 * HOUR) is None


@pytest.mark.parametrize(("hours", "waits"), [(23, False), (24, True)])
def test_what_is_worthless_a_day_after_the_digest_does_not_wait(hours: int, waits: bool) -> None:
    assert (held(claimed(ends_at=DUE + hours * HOUR)) is not None) is waits


@pytest.mark.parametrize(
    ("day", "waits"), [("2026-03-10", False), ("2026-03-11", True), ("2026-03-01", False), (None, True)]
)
def test_what_counts_before_a_day_after_the_digest_does_not_wait(day: str | None, waits: bool) -> None:
    assert (held(claimed(DECISION, {"effective_on": day})) is not None) is waits


def test_a_mail_with_a_link_to_a_copy_of_the_hub_does_not_wait(tmp_path: Path) -> None:
    policy = overlaid(tmp_path, '[documents]\nhosts = ["portal.example.com"]\n')
    ours = {"document_ref": "https://portal.example.com/d.pdf"}
    given = {"document_ref": "manual", "document_sha256": "0a" * 32}

    assert held(claimed(CIRCULAR, given)) is None
    assert held(claimed(DECISION, ours), policy=policy) is None
    assert held(claimed(DECISION, ours)) is not None
    assert held(claimed(DECISION, {"document_ref": "Acta 12"}), policy=policy) is not None


def notice(number: int = 1, *, name: str = CIRCULAR, channel: str = "email", **data: Any) -> HeldNotice:
    said = {"title": f"Noticia {number}", "body_markdown": "Texto", **data}
    about = mail(event=name, channel=channel, occasion=f"{number}")
    return HeldNotice(
        id=about.id,
        person="p-1",
        event_key=mail(occasion=f"key {number}").id,
        event_id=f"e-{number}",
        event=name,
        event_time=MONDAY + timedelta(seconds=number),
        next_at=DUE + GATHER,
        data=said,
        copropiedad_id="ph-1",
        building="Altos",
    )


def made(*notices: HeldNotice) -> NoticeDigest:
    digest = compose(notices)
    assert digest is not None
    return digest


def test_one_event_makes_no_digest() -> None:
    assert compose([]) is None
    assert compose([notice(1), replace(notice(1, channel="push"))]) is None


def test_mail_and_push_of_an_event_are_one_item_and_both_are_in_it() -> None:
    digest = made(notice(2), notice(1), notice(1, channel="push"))

    assert ["Noticia 1", "Noticia 2"] == [item["title"] for item in digest.data["items"]]
    assert 3 == len(digest.messages)
    assert DUE == digest.due_at


def test_the_same_person_and_instant_give_the_same_event() -> None:
    assert made(notice(1), notice(2)).key == made(notice(3), notice(4), notice(5)).key


def test_what_is_above_the_most_stays_out() -> None:
    many = made(*(notice(number) for number in range(MOST + 5)))
    long = made(notice(1), notice(2, body_markdown="x" * LONGEST), notice(3))

    assert MOST == len(many.data["items"]) == len(many.messages)
    assert ["Noticia 1", "Noticia 3"] == [item["title"] for item in long.data["items"]]


def test_places_are_named_where_there_are_several() -> None:
    assert "ph-1" == made(notice(1), notice(2)).data["copropiedad_id"]
    assert "copropiedad_id" not in made(notice(1), replace(notice(2), copropiedad_id="ph-2")).data


@for_each(sorted(ITEMS))
def test_digest_says_all_of_each_kind_and_matches_its_schema(name: str) -> None:
    schemas = Schemas.load()
    for example in examples(name):
        digest = made(notice(1), notice(2, name=name, **example))
        event = digest.event()
        schemas.check(event, now=event.time)
        text = TEMPLATES.render(NAME, "email", context(NAME, event.data), variant=None).text

        for words in (example.get("title"), example.get("summary"), example.get("period")):
            assert not words or words.split("\n")[0] in text
        assert str(example.get("document_ref", "")) in text


@pytest.mark.parametrize("every", ["daily", "weekly"])
def test_command_line_and_api_set_and_end_it(every: str) -> None:
    set_there = with_setting(Preferences(), f"digest={every}")
    set_here = PreferencesBody(digest=DigestPeriod(every)).applied(Preferences())

    assert every == set_there.digest == set_here.digest
    assert with_setting(set_there, "digest=none").digest is None
    assert PreferencesBody(digest=None).applied(set_here).digest is None
    assert every == PreferencesBody(language="en").applied(set_here).digest


def test_another_rhythm_is_refused() -> None:
    with pytest.raises(InvalidPreference, match="daily"):
        with_setting(Preferences(), "digest=hourly")
