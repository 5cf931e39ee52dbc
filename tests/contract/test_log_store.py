"""The contract of the PostgresLog."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from hub.errors import StorageRefused
from hub.model import (
    HUB_SOURCE,
    Acknowledgement,
    Attempt,
    ClockHistory,
    ClockState,
    Message,
    Pause,
    Period,
    PromiseRecord,
    Purpose,
    State,
    StoredEvent,
)
from hub.model.contracts import ContractDecision
from hub.model.message_rows import ListedMessage
from hub.model.state_machine import sources
from hub.ports import MessageFilter
from hub.storage.dead_letters import find, settle
from tests.contract.stores import RealStores
from tests.contract.values import (
    HOUR,
    LEASE,
    NOON,
    clock,
    event,
    letter,
    message,
    now,
    outcome,
    stored,
)


async def test_dead_letter_stores_any_bytes(stores: RealStores) -> None:
    one = letter(
        b"\0\xff" * 10, source="a\0b", event_id="\ud800", headers={"x": "\0", "y": "\ud800", "z": [1]}
    )
    await stores.add_dead_letters(one)
    found = await find(stores.database, one.id)

    assert found == replace(one, source="a\ufffdb", event_id="?")


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
async def test_a_dead_letter_takes_numbers_that_json_does_not_have(stores: RealStores, number: float) -> None:
    one = letter(headers={"x": [number]})
    await stores.add_dead_letters(one)
    found = await find(stores.database, one.id)

    assert found is not None
    assert str(found.headers["x"][0]).lower().startswith(str(number))


async def test_messages_are_listed_newest_first_page_by_page(stores: RealStores, of: StoredEvent) -> None:
    planned = [message(of, contact_id=str(n), created_at=NOON + n // 2 * HOUR) for n in range(5)]
    await stores.add(*planned)
    first = await stores.log.messages(MessageFilter(), after=None, limit=3)
    rest = await stores.log.messages(MessageFilter(), after=first.next, limit=3)
    newest_first = sorted(planned, key=lambda message: (message.created_at, message.id), reverse=True)

    assert [row.id for row in [*first.items, *rest.items]] == [one.id for one in newest_first]
    assert rest.next is None
    assert first.items[0] == ListedMessage(
        id=newest_first[0].id,
        event_id=of.event.id,
        event="pqrs.received",
        person="p-1",
        channel="email",
        purpose=Purpose.TRANSACTIONAL,
        state=State.QUEUED,
        reason=None,
        next_at=None,
        created_at=NOON + 2 * HOUR,
    )


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        (MessageFilter(), 3),
        (MessageFilter(state="failed"), 1),
        (MessageFilter(state="queued"), 2),
        (MessageFilter(state="nonsense"), 0),
        (MessageFilter(channel="sms"), 1),
        (MessageFilter(event="pqrs.received"), 2),
        (MessageFilter(event_id="evt-2"), 1),
        (MessageFilter(person="p-2"), 1),
        (MessageFilter(reason="nonsense"), 0),
        (MessageFilter(since=NOON + HOUR), 1),
        (MessageFilter(channel="email", person="p-1", state="queued"), 1),
    ],
)
async def test_a_list_of_messages_is_narrowed(
    stores: RealStores, narrowed: MessageFilter, expected: int
) -> None:
    first, second = stored(event(id="evt-1")), stored(event("pqrs.closed", id="evt-2"))
    await stores.add_events(first, second)
    await stores.add(
        message(first),
        message(first, person="p-2", state=State.FAILED, purpose=Purpose.LEGAL),
        message(second, channel="sms", created_at=NOON + HOUR),
    )
    page = await stores.log.messages(narrowed, after=None, limit=10)

    assert len(page.items) == expected


@pytest.mark.parametrize("cursor", ["nonsense", "", "AAAA", "é", "f" + "_" * 31])
async def test_a_cursor_of_somebody_elses_is_refused(stores: RealStores, cursor: str) -> None:
    with pytest.raises(StorageRefused):
        await stores.log.messages(MessageFilter(), after=cursor, limit=10)


async def test_a_message_is_shown_with_its_person_masked(stores: RealStores, of: StoredEvent) -> None:
    planned = message(of, skipped=("voice:not_configured",))
    await stores.add(planned)
    shown = await stores.log.message(planned.id)

    assert shown is not None
    assert (shown.name, shown.address) == ("M*** P***", "m***@e***.com")
    assert (shown.skipped, shown.attempts) == (["voice:not_configured"], [])
    assert await stores.log.message(uuid4()) is None


async def test_a_reference_that_has_a_number_in_it_is_masked_too(stores: RealStores, of: StoredEvent) -> None:
    planned, token = message(of, channel="whatsapp"), uuid4()
    await stores.add(planned)
    await stores.delivery.claim([planned.id], token=token, lease=LEASE)
    call = Attempt(
        message_id=planned.id,
        at=now(),
        outcome="accepted",
        provider="whatsapp",
        reference="wamid.HBgMNTczMDAxABCD1234",
    )
    await stores.delivery.record(token, [outcome(planned.id, attempts=(call,))])
    shown = await stores.log.message(planned.id)

    assert shown is not None
    assert [row.reference for row in shown.attempts] == ["wamid.…ABCD1234"]


async def test_clocks_are_shown_in_the_order_asked(stores: RealStores) -> None:
    one, other = clock("a"), clock("b", state=ClockState.BREACHED, level=2)
    await stores.save_clocks(one, other)
    rows = await stores.log.clocks([other.id, uuid4(), one.id])
    page = await stores.log.recent_clocks(state="breached", after=None, limit=10)

    assert ([other, one], [other]) == (rows, page.items)


async def test_listed_clock_has_its_steps_and_history(stores: RealStores) -> None:
    course = ClockHistory(acknowledged=(Acknowledgement(level=2, at=NOON, by="p-ana"),))
    one = clock(fired=2, course=course)
    await stores.save_clocks(one)

    assert [one] == await stores.log.clocks([one.id])


async def test_messages_of_a_step_are_found_by_its_event(stores: RealStores) -> None:
    step = f"{clock().id}:escalate:2"
    own = stored(event("pqrs.escalated", id=step, source=HUB_SOURCE))
    forged = stored(event("pqrs.escalated", id=step, source="urn:crm"))
    later = message(own, person="p-2", channel="inbox", created_at=NOON + HOUR)
    for of in (own, forged):
        await stores.add_events(of)
    await stores.add(later, message(own, state=State.SENT), message(forged, person="p-3"))

    told = await stores.log.step_messages([step, f"{clock().id}:breach:1"])

    assert [clock().id] == list(told)
    assert [("p-1", "email", "sent", NOON), ("p-2", "inbox", "queued", NOON + HOUR)] == [
        (one.person, one.channel, one.state, one.at) for one in told[clock().id]
    ]
    assert {("escalate:2", "M*** P***")} == {(one.step, one.name) for one in told[clock().id]}
    named = await stores.log.step_messages([step], named=True)
    assert {"María Peña"} == {one.name for one in named[clock().id]}


async def test_clocks_are_listed_page_by_page(stores: RealStores) -> None:
    clocks = [clock(str(n), started_at=NOON + n * HOUR) for n in range(4)]
    await stores.save_clocks(*clocks)
    first = await stores.log.recent_clocks(state=None, after=None, limit=3)
    rest = await stores.log.recent_clocks(state=None, after=first.next, limit=3)

    assert [row.case for row in [*first.items, *rest.items]] == ["3", "2", "1", "0"]


async def test_the_promises_of_a_period_are_all_clocks_of_the_cases_that_began_in_it(
    stores: RealStores,
) -> None:
    course = ClockHistory(pauses=(Pause(since=NOON, until=NOON + HOUR),))
    area = {"copropiedad_id": "ph-1", "service_area": "water"}
    first = clock("a", context=area, state=ClockState.BREACHED, level=3, ended_at=NOON + HOUR, course=course)
    again = clock("a", context=area, started_at=NOON + 9 * HOUR, opened_by=None)
    again = replace(again, id=uuid4())
    elsewhere = clock("b", context={"copropiedad_id": "ph-2", "service_area": "water"})
    other_area = clock("c", context={"copropiedad_id": "ph-1"})
    late = clock("d", context=area, started_at=NOON + 2 * HOUR)
    await stores.save_clocks(first, again, elsewhere, other_area, late)
    period = Period(since=NOON, until=NOON + 2 * HOUR)

    kept = await stores.log.kept_promises(period, area="water", places=frozenset({"ph-1"}))

    assert ["a", "a"] == [snapshot.case for snapshot in kept]
    assert kept[0] == PromiseRecord(
        case="a",
        name="first_reply",
        state=ClockState.BREACHED,
        started_at=NOON,
        ended_at=NOON + HOUR,
        level=3,
        promise=first.promise,
        course=course,
        area="water",
        copropiedad="ph-1",
    )
    everywhere = await stores.log.kept_promises(period, area=None)
    assert ["a", "a", "b", "c"] == sorted(person.case for person in everywhere)


def contract(
    name: str, number: str, at: datetime, *, area: str | None = "aseo", **fields: Any
) -> StoredEvent:
    """An event about a contract of the company with a client."""
    of = event(name, time=at, data={"contract_id": number, "service_area": area})
    return stored(of, **{"case": f"services.contract_id:{number}", "copropiedad_id": "ph-1", **fields})


async def test_decisions_about_contracts_are_those_of_the_period_in_the_order_of_time(
    stores: RealStores,
) -> None:
    rows = [
        contract("contract.ended", "b", NOON + 2 * HOUR),
        contract("contract.renewed", "a", NOON),
        contract("contract.renewed", "c", NOON + HOUR, area=None, copropiedad_id=None),
        contract("contract.renewed", "d", NOON + HOUR, copropiedad_id="ph-2"),
        # Not a decision; a lease of the same number; before and after the period.
        contract("contract.renewal.due", "a", NOON),
        contract("contract.renewed", "lease", NOON, case="contract_id:lease"),
        contract("contract.ended", "e", NOON - HOUR),
        contract("contract.ended", "f", NOON + 3 * HOUR),
    ]
    await stores.add_events(*rows)
    period = Period(since=NOON, until=NOON + 3 * HOUR)

    found = await stores.log.contract_decisions(period, area=None)
    narrowed = await stores.log.contract_decisions(period, area="aseo", places=frozenset({"ph-1"}))

    assert [("a", True), ("b", False)] == [
        (row.case.removeprefix("services.contract_id:"), row.renewed) for row in narrowed
    ]
    assert {"a", "b", "c", "d"} == {row.case.removeprefix("services.contract_id:") for row in found}
    assert found[-1] == ContractDecision(
        case="services.contract_id:b", renewed=False, area="aseo", copropiedad="ph-1", at=NOON + 2 * HOUR
    )
    assert {(row.area, row.copropiedad) for row in found} == {
        ("aseo", "ph-1"),
        ("aseo", "ph-2"),
        (None, None),
    }


async def test_everything_is_counted_by_state(stores: RealStores, of: StoredEvent) -> None:
    await stores.add(message(of), message(of, person="p-2"), message(of, person="p-3", state=State.FAILED))
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([clock()])
        await transaction.add_dead_letters([letter()])

    assert await stores.log.counts() == {
        "messages": {"queued": 2, "failed": 1},
        "clocks": {"open": 1},
        "dead": {"open": 1},
    }


async def test_live_counts_leave_out_what_has_ended(stores: RealStores, of: StoredEvent) -> None:
    live = [state for state in State if state in {State.SENDING, *sources(State.SENDING)}]
    await stores.add(*(message(of, person=state, state=state) for state in State))
    late = clock("late", state=ClockState.BREACHED)
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks([clock("open"), late])
        await transaction.save_clocks([clock("ended", state=ClockState.BREACHED, ended_at=NOON)])
        await transaction.add_dead_letters([one := letter()])
    before = await stores.log.live_counts()
    await settle(stores.database, one.id, "discarded")
    everything = await stores.log.counts()

    assert before == {
        "messages": dict.fromkeys(live, 1),
        "clocks": {"open": 1, "breached": 1},
        "dead": {"open": 1},
    }
    assert everything == {
        "messages": dict.fromkeys(State, 1),
        "clocks": {"open": 1, "breached": 1},
        "dead": {"discarded": 1},
    }
    assert {} == (await stores.log.live_counts())["dead"]


async def test_messages_are_grouped_by_why_they_are_there(stores: RealStores, of: StoredEvent) -> None:
    def lost(number: int, **fields: Any) -> Message:
        values = {"person": f"p-{number}", "state": State.FAILED, "reason": "timeout", "created_at": now()}
        return message(of, **{**values, **fields})

    await stores.add(
        *(lost(number) for number in range(3)),
        lost(3, state=State.BOUNCED, reason="smtp_550"),
        lost(4, channel="sms"),
        lost(5, state=State.SENT, reason=None),
    )
    known = MessageFilter(states=("failed", "bounced"))
    causes = await stores.log.causes(known, most=10)
    few = await stores.log.causes(known, most=2)

    grouped = [(cause.reason, cause.channel, cause.count) for cause in causes.items]
    assert grouped[0] == ("timeout", "email", 3)
    assert sorted(grouped[1:]) == [("smtp_550", "email", 1), ("timeout", "sms", 1)]
    assert (causes.bounded, few.bounded) == (False, True)


@pytest.mark.parametrize(
    ("fields", "people"),
    [
        ({"purpose": "collection"}, ["p-2"]),
        ({"case": "pqrs_id:PQ-9"}, ["p-1"]),
        ({"states": ("failed", "held")}, ["p-1", "p-2"]),
        ({"states": ("failed", "held"), "state": "sent"}, ["p-3"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("places", [None, frozenset({"ph-1", "ph-9"})], ids=["everywhere", "there"])
async def test_messages_are_narrowed_by_purpose_case_and_several_states(
    stores: RealStores,
    of: StoredEvent,
    fields: dict[str, Any],
    people: list[str],
    places: frozenset[str] | None,
) -> None:
    other = stored(event(id="evt-9"), copropiedad_id="ph-9", case="pqrs_id:PQ-9")
    await stores.add_events(other)
    await stores.add(
        message(other, person="p-1", state=State.FAILED, created_at=now()),
        message(of, person="p-2", state=State.HELD, purpose=Purpose.COLLECTION, created_at=now()),
        message(of, person="p-3", state=State.SENT, created_at=now()),
    )
    page = await stores.log.messages(MessageFilter(**fields, places=places), after=None, limit=9)

    assert sorted(row.person for row in page.items) == people
