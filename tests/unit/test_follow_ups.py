"""An event schedules another one of the hub's own: once, later, unless its case goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.model import Event
from hub.policy.policy import load_tables, policy_of
from hub.timers.scheduler import fire_from_sql
from tests.unit.factories import DESK, HOUR, MINUTE, MONDAY, agreed, email, event, home, member, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.timer_harness import timers_of

DAY: Final = timedelta(days=1)
CASE: Final = {"pqrs_id": "PQ-1"}
CLOSED: Final = event("pqrs.closed", CASE, at=MONDAY + HOUR, without=("petitioner",))
AGAIN: Final = event("pqrs.closed", CASE, at=MONDAY + 3 * HOUR, without=("petitioner",), id="again")
REOPENED: Final = event("pqrs.reopened", CASE, at=MONDAY + 2 * HOUR, without=("petitioner",))
ANA: Final = {"petitioner": {"ref": "p-ana"}}
RECEIVED: Final = event("pqrs.received", {**CASE, **ANA, "service_area": "contabilidad"})
HELD: Final = event("admin.assembly.held", {"copropiedad_id": "ph-altos-del-rosal"})


@pytest.fixture
async def hub() -> MemoryHub:
    made = memory_hub(MONDAY)
    await made.take_in(home("u-1"), home("u-2"))
    for ref, unit in (("p-ana", "u-1"), ("p-luis", "u-2")):
        await made.take_in(somebody(ref, email(f"{ref}@example.com")), member(ref, f"unit:{unit}", "owner"))
    made.clock.advance(HOUR)
    return made


async def pass_time(hub: MemoryHub, by: timedelta, **fields: Any) -> list[Event]:
    """Let the timers work until nothing is due; return the surveys and the calls that they published."""
    hub.clock.advance(by)
    await fire_from_sql(timers_of(hub, **fields))
    names = {"survey.requested", "satisfaction.detractor.detected", "realestate.followup.due"}
    return [published for published in hub.publisher.events if published.name in names]


async def test_closed_case_asks_its_petitioner_a_day_later_and_once(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED, CLOSED)

    assert [] == await pass_time(hub, DAY - MINUTE)
    (asked,) = await pass_time(hub, MINUTE)
    assert ("urn:hub", "post_servicio", {"ref": "p-ana"}) == (
        asked.source,
        asked.data["kind"],
        asked.data["respondent"],
    )
    # Closed on Monday at 9:05, asked on Tuesday: two weeks later, to the end of that day.
    assert "2026-03-24T23:59:59-05:00" == asked.data["expires_at"]
    # The area is known from the event that opened the case.
    assert "contabilidad" == asked.data["service_area"]
    assert [asked] == await pass_time(hub, 30 * DAY)


async def test_survey_of_the_hub_is_taken_in_and_reaches_the_person(hub: MemoryHub) -> None:
    await hub.take_in(agreed("p-ana", "survey"), RECEIVED, CLOSED)
    (asked,) = await pass_time(hub, DAY + 2 * HOUR)
    await hub.take_in(asked)

    assert {("p-ana", None)} == {
        (message.person, message.reason) for message in hub.of(asked) if message.occasion == "initial"
    }


async def test_crash_after_publishing_publishes_the_same_event_again(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED, CLOSED)
    hub.store.faults.script("advance", StorageUnavailable("away"))
    with pytest.raises(StorageUnavailable):
        await pass_time(hub, DAY + 2 * HOUR)
    first, second = await pass_time(hub, MINUTE)
    await hub.take_in(first)
    await hub.take_in(second)

    assert first.id == second.id
    assert 1 == len({message.event_key for message in hub.of(first)})


async def test_lost_publication_is_repeated(hub: MemoryHub) -> None:
    await hub.take_in(RECEIVED, CLOSED)
    hub.publisher.faults.script("event", BrokerUnavailable("away"))
    with pytest.raises(BrokerUnavailable):
        await pass_time(hub, DAY + 2 * HOUR)

    assert 1 == len(await pass_time(hub, MINUTE))


@pytest.mark.parametrize(
    "batches",
    [[[CLOSED], [REOPENED]], [[REOPENED], [CLOSED]], [[CLOSED, REOPENED]], [[CLOSED], [REOPENED], [CLOSED]]],
    ids=["in order", "late", "together", "again"],
)
async def test_reopened_case_asks_nobody(hub: MemoryHub, batches: Sequence[Sequence[Event]]) -> None:
    hub.clock.advance(3 * HOUR)
    await hub.take_in(RECEIVED)
    for batch in batches:
        await hub.take_in(*batch)

    assert [] == await pass_time(hub, 3 * DAY)


async def test_case_that_is_closed_anew_asks_after_the_second_closing(hub: MemoryHub) -> None:
    hub.clock.advance(4 * HOUR)
    await hub.take_in(RECEIVED, CLOSED, REOPENED, AGAIN)

    assert [] == await pass_time(hub, DAY - 3 * HOUR)
    assert 1 == len(await pass_time(hub, 2 * HOUR))


async def test_second_closing_while_a_survey_is_to_come_asks_once(hub: MemoryHub) -> None:
    hub.clock.advance(4 * HOUR)
    await hub.take_in(RECEIVED, CLOSED, AGAIN)

    assert 1 == len(await pass_time(hub, 3 * DAY))


async def test_assembly_asks_each_owner_in_a_case_of_its_own(hub: MemoryHub) -> None:
    await hub.take_in(HELD)
    asked = await pass_time(hub, DAY)

    assert ["p-ana", "p-luis"] == [survey.data["respondent"]["ref"] for survey in asked]
    assert 2 == len({survey.data["survey_id"] for survey in asked})
    assert {("asamblea", "administracion")} == {(s.data["kind"], s.data["service_area"]) for s in asked}


async def test_repair_asks_its_requester_unless_somebody_is_sent_again(hub: MemoryHub) -> None:
    hub.clock.advance(3 * HOUR)
    for case in ("sol-1", "sol-2"):
        about = {"request_id": case}
        await hub.take_in(
            event("maintenance.request.received", {**about, "requester": {"ref": "p-luis"}}, id=f"r-{case}"),
            event(
                "maintenance.request.completed",
                about,
                at=MONDAY + HOUR,
                without=("requester",),
                id=f"c-{case}",
            ),
        )
    sent = {"request_id": "sol-2"}
    await hub.take_in(
        event("maintenance.request.assigned", sent, at=MONDAY + 2 * HOUR, without=("requester",))
    )

    assert [("p-luis", "mantenimiento")] == [
        (asked.data["respondent"]["ref"], asked.data["service_area"])
        for asked in await pass_time(hub, 2 * DAY)
    ]


async def test_handover_asks_each_party_a_day_later_and_how_it_goes_after_thirty(hub: MemoryHub) -> None:
    of = {"transaction_id": "T-1", "property": "Casa 4", "party": [{"ref": "p-ana"}, {"ref": "p-luis"}]}
    await hub.take_in(event("realestate.handover.completed", of, at=MONDAY + HOUR))
    asked = await pass_time(hub, DAY)
    *_, followup = await pass_time(hub, 29 * DAY)
    await hub.take_in(followup)

    assert [{"ref": "p-ana"}, {"ref": "p-luis"}] == sorted(
        (one.data["respondent"] for one in asked), key=lambda person: person["ref"]
    )
    assert ("realestate.followup.due", "Casa 4") == (followup.name, followup.data["property"])
    assert {"p-ana", "p-luis"} == {message.person for message in hub.of(followup)}


async def test_stranger_and_quiet_history_are_asked_nothing(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    stranger = {"petitioner": {"name": "Eva", "email": "eva@example.com"}}
    await hub.take_in(event("pqrs.received", {**CASE, **stranger}), CLOSED)
    other = {"pqrs_id": "PQ-2"}
    await hub.take_in(
        event("pqrs.received", {**other, **ANA}, id="r-2"),
        event("pqrs.closed", {**other, **ANA}, quiet=True, id="c-2"),
    )

    assert [] == await pass_time(hub, 3 * DAY)


async def test_closing_of_last_year_that_is_first_known_today_asks_nothing(hub: MemoryHub) -> None:
    hub.clock.advance(40 * DAY)
    await hub.take_in(RECEIVED, CLOSED)

    assert [] == await pass_time(hub, HOUR)


async def test_never_in_the_policy_schedules_nothing(hub: MemoryHub) -> None:
    tables = load_tables()
    follow_ups = {**tables["follow_ups"], "survey_after_pqrs": "never"}
    policy = policy_of({**tables, "follow_ups": follow_ups})
    hub.context = replace(DESK, rules=replace(DESK.rules, policy=policy))
    await hub.take_in(RECEIVED, CLOSED)

    assert [] == await pass_time(hub, 3 * DAY, policy=policy)


def answered(score: int, at: timedelta = HOUR, **data: Any) -> Event:
    data = {"survey_id": "enc-1", "score": score, "service_area": "mantenimiento", **data}
    return event("survey.answered", {**data, "person_id": "p-ana"}, at=MONDAY + at, id=f"a-{score}-{at}")


async def test_detractor_is_called_once_and_at_once_also_after_a_change(hub: MemoryHub) -> None:
    hub.clock.advance(2 * HOUR)
    await hub.take_in(answered(3))
    (call,) = await pass_time(hub, MINUTE)
    await hub.take_in(call)
    await hub.take_in(answered(6, 2 * HOUR), answered(9, 3 * HOUR))

    assert [call] == await pass_time(hub, 5 * DAY)
    named = ("survey_id", "score", "service_area", "person_name")
    assert ["enc-1", 3, "mantenimiento", "Persona p-ana"] == [call.data[name] for name in named]
    assert 1 == len(hub.states("callback"))


async def test_answer_that_becomes_a_detractors_calls_then(hub: MemoryHub) -> None:
    hub.clock.advance(3 * HOUR)
    await hub.take_in(answered(7))
    assert [] == await pass_time(hub, MINUTE)
    await hub.take_in(answered(6, 2 * HOUR))

    assert 1 == len(await pass_time(hub, MINUTE))
