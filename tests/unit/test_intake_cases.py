"""Events of one case, in any order: their recipients and their place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from hub.catalog import BY_NAME
from hub.intake.decode import IntakeContext
from hub.model import HUB_SOURCE, ClockState
from hub.timers.scheduler import fire_from_sql, keep_appointments
from tests.unit.factories import (
    DESK,
    HOUR,
    MONDAY,
    POLICY,
    RULES,
    SECOND,
    email,
    event,
    home,
    local,
    member,
    mobile,
    somebody,
)
from tests.unit.hub_in_memory import MemoryHub, ids, memory_hub
from tests.unit.timer_harness import timers_of

RECEIVED = event("pqrs.received")
REPLIED = event("pqrs.replied", without=("petitioner",), at=MONDAY + HOUR)


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.take_in(somebody("p-maria-pena", email(), mobile()))
    return made


async def test_an_event_before_the_opener_of_its_case_waits_and_is_planned_with_it(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(REPLIED)

    assert (hub.of(REPLIED), hub.stored(REPLIED).waiting, hub.stored(REPLIED).planned) == ([], True, False)
    await hub.take_in(RECEIVED)

    assert hub.recipients(REPLIED) == [("p-maria-pena", "email")]
    assert (hub.stored(REPLIED).waiting, hub.stored(REPLIED).planned) == (False, True)
    assert ids(hub.of(REPLIED)) <= set(hub.publisher.ticketed)
    assert hub.states("first_reply") == [ClockState.MET]


async def test_event_waits_for_the_party_if_the_opener_has_no_place(hub: MemoryHub) -> None:
    opener = event("pqrs.received", without=("copropiedad_id", "unit_id"))
    hub.clock.advance(2 * HOUR)
    await hub.take_in(REPLIED)
    await hub.take_in(opener)

    assert hub.recipients(REPLIED) == [("p-maria-pena", "email")]


async def test_an_event_and_its_opener_in_one_batch_need_not_wait(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(REPLIED, RECEIVED)

    assert hub.recipients(REPLIED) == [("p-maria-pena", "email")]
    assert hub.stored(REPLIED).planned


async def test_waiting_event_that_is_redelivered_keeps_waiting(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(REPLIED)
    await hub.take_in(REPLIED)
    await hub.take_in(RECEIVED, REPLIED)

    assert hub.recipients(REPLIED) == [("p-maria-pena", "email")]


async def test_event_waiting_for_one_party_notifies_the_others_already() -> None:
    hub = memory_hub(MONDAY)
    assigned = event("maintenance.request.assigned", without=("requester",))
    await hub.take_in(somebody("p-jairo-cano", mobile()), somebody("p-camilo-nunez", email()), assigned)

    assert hub.recipients(assigned) == [("p-jairo-cano", "sms")]
    await hub.take_in(event("maintenance.request.received", at=MONDAY - HOUR))

    assert hub.recipients(assigned) == [("p-camilo-nunez", "email"), ("p-jairo-cano", "sms")]


async def test_later_event_gets_the_place_of_its_case(hub: MemoryHub) -> None:
    hub.clock.advance(HOUR)
    await hub.take_in(RECEIVED)
    await hub.take_in(REPLIED)

    assert hub.stored(REPLIED).copropiedad_id == "ph-altos-del-rosal"
    assert hub.stored(REPLIED).unit_id == "altos-t1-101"


async def test_an_event_happens_in_the_copropiedad_of_its_unit() -> None:
    hub = memory_hub(MONDAY)
    asked = event("maintenance.request.received", without=("copropiedad_id",))
    await hub.take_in(asked, home("altos-t2-301"))

    assert hub.stored(asked).copropiedad_id == "ph-altos-del-rosal"


async def test_an_opener_remembers_its_people_for_the_case(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED)

    assert {(party.who, str(party.recipients)) for party in hub.parties} == {
        ("petitioner", "{'ref': 'p-maria-pena'}"),
        ("@place", "{'copropiedad_id': 'ph-altos-del-rosal', 'unit_id': 'altos-t1-101'}"),
    }


async def test_quiet_opener_still_stores_the_parties_of_its_case(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(REPLIED)
    await hub.take_in(event("pqrs.received", quiet=True))

    assert hub.recipients(REPLIED) == [("p-maria-pena", "email")]


async def test_data_incident_and_desk_incident_may_share_a_number(hub: MemoryHub) -> None:
    """The people affected by one incident must not be notified of the other's end."""
    same = {"incident_id": "7", "affected": {"ref": "p-maria-pena"}}
    closed = event("concierge.incident.closed", {"incident_id": "7"}, without=("affected",), at=MONDAY + HOUR)
    hub.clock.advance(HOUR)
    await hub.take_in(
        somebody("p-otra", email("otra@example.com")),
        event("concierge.incident.reported", same),
        event("privacy.incident.detected", {"incident_id": "7"}),
        event(
            "privacy.incident.subjects_informed", same | {"affected": {"ref": "p-otra"}}, at=MONDAY + SECOND
        ),
        closed,
    )

    assert [("p-maria-pena", "email")] == hub.recipients(closed)
    assert [ClockState.MET] == hub.states("incident_response")
    assert [ClockState.OPEN] == hub.states("incident_report")


async def test_a_superseded_clock_leaves_the_boards(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(event("pqrs.received", at=MONDAY + HOUR, id="corrected"))
    await hub.take_in(RECEIVED)
    alive = [clock for clock in hub.store.clocks if clock.ended_at is None]

    assert sorted(hub.states("first_reply")) == [ClockState.CANCELLED, ClockState.OPEN]
    assert {f"c:{clock.id}" for clock in alive} == set(hub.appointments.scores)
    assert {clock.started_at for clock in alive} == {MONDAY}


async def test_event_with_its_own_place_overrides_its_case(hub: MemoryHub) -> None:
    escalated = event("pqrs.escalated", {"copropiedad_id": "ph-otra"}, source=HUB_SOURCE)
    await hub.take_in(RECEIVED)
    await hub.take_in(escalated)

    assert (hub.stored(escalated).copropiedad_id, hub.stored(escalated).unit_id) == (
        "ph-otra",
        "altos-t1-101",
    )


async def test_quiet_event_does_not_wait_for_a_party(hub: MemoryHub) -> None:
    silent = event("pqrs.replied", without=("petitioner",), quiet=True)
    await hub.take_in(silent)

    assert (hub.stored(silent).waiting, hub.stored(silent).planned) == (False, True)


ASSIGNED = event("maintenance.request.assigned", without=("requester",))
OPENED = event("maintenance.request.received", at=MONDAY - HOUR)


def context(*words: str) -> IntakeContext:
    """Make a hub in which an assignment notifies these people, each in an audience of its own."""
    kind = BY_NAME[ASSIGNED.name]
    audiences = tuple(replace(kind.audiences[0], who=(word,), channels=(("email",),)) for word in words)
    return replace(DESK, catalog={**BY_NAME, kind.name: replace(kind, audiences=audiences)})


async def test_an_event_that_waits_for_two_waits_until_both_are_known(hub: MemoryHub) -> None:
    hub.context = context("requester", "inspector")
    await hub.take_in(somebody("p-camilo-nunez", email()), ASSIGNED)
    await hub.take_in(OPENED)

    assert hub.recipients(ASSIGNED) == [("p-camilo-nunez", "email")]
    assert (hub.stored(ASSIGNED).waiting, hub.stored(ASSIGNED).planned) == (True, False)


async def test_event_with_waiting_and_broad_audience_is_planned_when_both_are_known() -> None:
    hub = memory_hub(MONDAY)
    hub.context = context("requester", "copropiedad:residents")
    assigned = structs.replace(ASSIGNED, data={**ASSIGNED.data, "copropiedad_id": "ph-altos-del-rosal"})
    resident = member("p-resident", "unit:t1", "resident")
    await hub.take_in(
        somebody("p-camilo-nunez", email()), somebody("p-resident", email()), home("t1"), resident
    )
    await hub.take_in(assigned)

    assert hub.recipients(assigned) == [("p-resident", "email")]
    assert (hub.stored(assigned).waiting, hub.stored(assigned).planned) == (True, False)
    await hub.take_in(OPENED)

    assert hub.recipients(assigned) == [("p-camilo-nunez", "email"), ("p-resident", "email")]
    assert (hub.stored(assigned).waiting, hub.stored(assigned).planned) == (False, True)


async def test_an_event_of_a_type_that_this_hub_does_not_know_is_left_alone(
    hub: MemoryHub,
) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(REPLIED)
    hub.context = replace(
        DESK, catalog={name: kind for name, kind in BY_NAME.items() if name != REPLIED.name}
    )
    await hub.take_in(RECEIVED)

    assert (hub.of(REPLIED), hub.stored(REPLIED).waiting) == ([], True)
    assert hub.states("first_reply") == [ClockState.OPEN]
    hub.context = DESK
    await hub.take_in(RECEIVED)

    assert hub.recipients(REPLIED) == [("p-maria-pena", "email")]
    assert hub.states("first_reply") == [ClockState.MET]


async def test_quiet_import_of_history_alerts_nobody(hub: MemoryHub) -> None:
    await hub.appointments.begin_epoch()
    await hub.take_in(event("pqrs.received", at=MONDAY - timedelta(days=10), quiet=True))
    await fire_from_sql(timers_of(hub))
    await keep_appointments(timers_of(hub))
    [first_reply] = [clock for clock in hub.store.clocks if clock.name == "first_reply"]

    assert hub.publisher.events == []
    assert (first_reply.state, first_reply.level, first_reply.next_at) == (ClockState.BREACHED, 4, None)


async def test_event_older_than_its_whole_ladder_calls_nobody_and_its_publisher_hears_it(
    hub: MemoryHub,
) -> None:
    await hub.appointments.begin_epoch()
    await hub.take_in(event("pqrs.received", at=datetime(2001, 3, 5, 15, tzinfo=UTC)))
    await fire_from_sql(timers_of(hub))
    await keep_appointments(timers_of(hub))
    [first_reply] = [clock for clock in hub.store.clocks if clock.name == "first_reply"]
    [notice] = hub.publisher.notices

    assert [] == hub.publisher.events
    assert (first_reply.state, first_reply.level, first_reply.next_at) == (ClockState.BREACHED, 4, None)
    assert ("hub.event.unreached", True) == (notice.name, "stale" in notice.data["reasons"])
    assert [notice.data["reasons"]] == [
        list(found.reasons) for found, _ in hub.store.tables.unreached.values()
    ]


async def test_event_that_was_late_by_no_more_than_a_day_climbs_its_ladder(hub: MemoryHub) -> None:
    """The hub, or its publisher, was away over a night."""
    declared = event("emergency.declared", at=MONDAY - timedelta(hours=20))
    await hub.take_in(declared)
    await fire_from_sql(timers_of(hub))

    assert "emergency.escalated" in {step.name for step in hub.publisher.events}
    assert not any("stale" in notice.data["reasons"] for notice in hub.publisher.notices)


@pytest.mark.parametrize(
    ("came", "late", "climbs"),
    [
        ("2026-03-06 16:00", False, False),
        ("2026-03-05 16:00", True, False),
        ("2026-01-20 16:00", True, True),
    ],
)
async def test_receipt_registered_days_late_runs_from_then_and_its_publisher_hears_it(
    hub: MemoryHub, came: str, *, late: bool, climbs: bool
) -> None:
    """What came on Friday is registered on Monday; its whole ladder may have passed, and it is of today."""
    await hub.take_in(event("pqrs.received", {"received_at": local(came).isoformat()}))
    await fire_from_sql(timers_of(hub))
    reasons = [notice.data["reasons"] for notice in hub.publisher.notices]

    assert [local(came)] == [c.started_at for c in hub.store.clocks if c.name == "legal_term"]
    assert late == any("late" in told for told in reasons)
    assert not any("stale" in told for told in reasons)
    assert climbs == ("pqrs.escalated" in {step.name for step in hub.publisher.events})


async def test_answer_between_a_receipt_and_its_late_event_ends_its_terms(hub: MemoryHub) -> None:
    came = MONDAY - timedelta(days=3)
    await hub.take_in(event("pqrs.responded", at=MONDAY - timedelta(days=1)))
    await hub.take_in(event("pqrs.received", {"received_at": came.isoformat()}))
    await fire_from_sql(timers_of(hub))

    assert [ClockState.MET] == hub.states("legal_term") == hub.states("first_reply")
    assert [] == hub.publisher.events


async def test_clock_of_an_earlier_policy_keeps_its_start(hub: MemoryHub) -> None:
    untimed = {name: structs.replace(rules, since=None) for name, rules in POLICY.clocks.items()}
    earlier = replace(RULES, policy=structs.replace(POLICY, clocks=untimed))
    hub.context = replace(DESK, rules=earlier)
    await hub.take_in(event("pqrs.received", {"received_at": (MONDAY - timedelta(days=3)).isoformat()}))
    before = [clock.due_at for clock in hub.store.clocks]
    hub.context = DESK
    await hub.take_in(event("pqrs.info_requested", at=MONDAY))

    assert {MONDAY} == {clock.started_at for clock in hub.store.clocks}
    assert before == [clock.due_at for clock in hub.store.clocks]


async def test_answer_that_comes_with_an_old_event_leaves_nothing_to_hear(hub: MemoryHub) -> None:
    at = datetime(2001, 3, 5, 15, tzinfo=UTC)
    await hub.take_in(
        event("pqrs.received", at=at),
        event("pqrs.responded", at=at + HOUR),
    )
    await fire_from_sql(timers_of(hub))

    assert [] == hub.publisher.events
    assert not any("stale" in notice.data["reasons"] for notice in hub.publisher.notices)


async def test_answer_to_an_old_event_ends_its_clock_and_calls_nobody(hub: MemoryHub) -> None:
    await hub.take_in(event("pqrs.received", at=datetime(2001, 3, 5, 15, tzinfo=UTC)))
    await fire_from_sql(timers_of(hub))
    await hub.take_in(event("pqrs.responded", at=MONDAY))
    await fire_from_sql(timers_of(hub))

    assert [ClockState.BREACHED] == hub.states("first_reply")
    assert [] == hub.publisher.events
    assert all(clock.ended_at is not None for clock in hub.store.clocks if clock.name == "legal_term")


async def test_old_event_that_runs_on_after_an_old_pause_calls_nobody_either(hub: MemoryHub) -> None:
    at = datetime(2001, 3, 5, 15, tzinfo=UTC)
    await hub.take_in(event("pqrs.received", at=at), event("pqrs.info_requested", at=at + HOUR))
    await hub.take_in(event("pqrs.info_received", at=at + 200 * HOUR))
    await fire_from_sql(timers_of(hub))

    assert [] == hub.publisher.events
    assert [ClockState.BREACHED] == hub.states("legal_term")
    assert "stale" in hub.publisher.notices[-1].data["reasons"]


@pytest.mark.parametrize("quiet", [False, True])
async def test_term_that_ran_on_yesterday_warns_however_old_its_case_is(
    hub: MemoryHub, *, quiet: bool
) -> None:
    """Without its pause the term would have passed a month ago."""
    events = [
        event("pqrs.received", at=MONDAY - timedelta(days=60), quiet=quiet),
        event("pqrs.info_requested", at=MONDAY - timedelta(days=57), quiet=quiet),
        event("pqrs.info_received", at=MONDAY - timedelta(days=1)),
    ]
    at_once = memory_hub(MONDAY)
    await at_once.take_in(*events)
    for one in events:
        await hub.take_in(one)
        await fire_from_sql(timers_of(hub))
    [clock], [same] = ([c for c in of.store.clocks if c.name == "legal_term"] for of in (hub, at_once))

    assert [] == hub.publisher.events
    assert (ClockState.OPEN, 1) == (clock.state, clock.level)
    assert (same.due_at, same.next_at) == (clock.due_at, clock.next_at)
    hub.clock.advance(timedelta(days=60))
    await fire_from_sql(timers_of(hub))
    assert ["sla.at_risk", "pqrs.escalated", "sla.breached", "pqrs.escalated"] == [
        step.name for step in hub.publisher.events
    ]


async def test_lead_check_of_an_old_call_ends_and_calls_nobody(hub: MemoryHub) -> None:
    """Its letters have not left yet: they leave now, much too late."""
    at = datetime(2001, 3, 5, 15, tzinfo=UTC)
    await hub.take_in(
        home("101", copropiedad="ph-altos-del-rosal"), member("p-maria-pena", "unit:101", "owner")
    )
    await hub.take_in(
        event(
            "admin.assembly.convened",
            {
                "kind": "ordinaria",
                "starts_at": "2001-04-05T18:00:00-05:00",
                "second_call_at": "2001-04-10T20:00:00-05:00",
            },
            at=at,
        )
    )
    await fire_from_sql(timers_of(hub))

    assert ["sla.checked"] == [step.name for step in hub.publisher.events]


async def test_quietly_imported_clock_notifies_its_later_steps(hub: MemoryHub) -> None:
    opener = event("pqrs.received", at=local("2026-03-04 08:05"), quiet=True)
    hub.clock.at = local("2026-03-06 10:00")  # at risk since 09:17, due at 14:05
    await hub.take_in(opener)
    hub.clock.at = local("2026-03-06 14:05")
    await hub.take_in(opener)
    await fire_from_sql(timers_of(hub))

    assert [event.name for event in hub.publisher.events] == ["sla.breached", "pqrs.escalated"]


async def test_reply_in_the_thread_of_a_case_counts_if_it_arrives_before_the_opener(hub: MemoryHub) -> None:
    thread = f"pqrs_id:{RECEIVED.data['pqrs_id']}"
    hub.clock.advance(2 * HOUR)
    await hub.take_in(event("support.replied", {"thread_id": thread}, at=MONDAY + HOUR))
    await hub.take_in(RECEIVED)

    assert hub.states("first_reply") == [ClockState.MET]


async def test_publisher_may_add_a_list_under_a_name_that_our_own_events_use(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(event("pqrs.received", {"about": ["noise"]}))
    await hub.take_in(event("pqrs.replied", {"about": ["noise"]}, at=MONDAY + HOUR))

    assert hub.states("first_reply") == [ClockState.MET]
