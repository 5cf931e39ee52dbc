"""Messages that wait: an operator cancels them, or a pause holds them until its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.desk.channels import queries
from hub.model import Lane, Message, State, StoredEvent, Target
from hub.model.bulk import BulkKind
from hub.ports import EVERYTHING, MessageFilter
from hub.storage.cancel import withdraw
from hub.testing import MemoryPauses
from tests.contract.many import Done, plan, run
from tests.contract.stores import RealStores, Stores
from tests.contract.values import HOUR, LEASE, message, now


def waiting(of: StoredEvent, number: int = 0, **fields: Any) -> Message:
    created = now() - HOUR + timedelta(seconds=number)
    values = {"contact_id": f"cp-{number}", "person": f"p-{number}", "created_at": created}
    return message(of, **{**values, "state": State.HELD, "reason": "throttled", "next_at": now(), **fields})


async def cancel(stores: RealStores, **narrowed: Any) -> Done:
    return await run(stores, BulkKind.CANCEL, MessageFilter(**{"state": "held", **narrowed}))


async def state_of(stores: RealStores, one: Message) -> tuple[str, str | None]:
    row = await stores.log.message(one.id)
    assert row is not None
    return row.state, row.reason


@pytest.mark.parametrize("state", [State.HELD, State.RETRYING, State.QUEUED])
async def test_waiting_message_is_cancelled_for_good_and_once(
    stores: RealStores, of: StoredEvent, state: State
) -> None:
    one = waiting(of, state=state)
    await stores.add(one)

    first, second = [await cancel(stores, state=str(state)) for _ in range(2)]

    assert [{"taken": 1}, {}] == [first.verdicts, second.verdicts]
    assert ("cancelled", "withdrawn") == await state_of(stores, one)
    assert [] == list(await stores.claim(one))


async def test_plan_only_counts(stores: RealStores, of: StoredEvent) -> None:
    one = waiting(of)
    await stores.add(one)

    assert {"taken": 1} == await plan(stores, BulkKind.CANCEL, MessageFilter(state="held"))
    assert ("held", "throttled") == await state_of(stores, one)


async def test_filter_chooses_one_message_and_the_callers_places(stores: RealStores, of: StoredEvent) -> None:
    one, other = waiting(of), waiting(of, 1)
    await stores.add(one, other)

    elsewhere = await cancel(stores, id=one.id, places=frozenset({"ph-nowhere"}))
    there = await cancel(stores, id=one.id)

    assert [{}, {"taken": 1}] == [elsewhere.verdicts, there.verdicts]
    assert ("held", "throttled") == await state_of(stores, other)


async def test_message_of_a_worker_and_message_of_a_digest_are_left_alone(
    stores: RealStores, of: StoredEvent
) -> None:
    taken, digested = waiting(of, state=State.QUEUED, next_at=None), waiting(of, 1, reason="in_digest")
    await stores.add(taken, digested)
    await stores.delivery.claim([taken.id], token=uuid4(), lease=LEASE)
    await stores.log.rows("UPDATE message SET state = 'queued' WHERE id = $1", taken.id)

    queued, held = await cancel(stores, state="queued"), await cancel(stores)

    assert [{"sending": 1}, {"in_digest": 1}] == [queued.verdicts, held.verdicts]
    assert ("held", "in_digest") == await state_of(stores, digested)
    assert {taken.id: "sending", digested.id: "in_digest"} == await withdraw(
        stores.database, [taken.id, digested.id]
    )


async def test_what_a_worker_has_given_back_is_cancelled(stores: RealStores, of: StoredEvent) -> None:
    """Its lease stays on the row; only of one that is queued it says that a worker may still answer."""
    one = waiting(of, state=State.RETRYING)
    await stores.add(one)
    await stores.log.rows("UPDATE message SET lease = $2 WHERE id = $1", one.id, uuid4())

    again = await cancel(stores, state="retrying")

    assert {"taken": 1} == again.verdicts


async def test_one_message_is_cancelled_once(stores: RealStores, of: StoredEvent) -> None:
    one = waiting(of)
    await stores.add(one)

    assert [{one.id: "taken"}, {}] == [await withdraw(stores.database, [one.id]) for _ in range(2)]
    assert ("cancelled", "withdrawn") == await state_of(stores, one)


async def test_no_further_step_follows_what_was_cancelled(stores: RealStores, of: StoredEvent) -> None:
    one = waiting(of, fallback=((Target(channel="sms", contact_id="cp-9", address="+573001112233"),),))
    await stores.add(one)
    await cancel(stores)
    [row] = await stores.log.rows("SELECT fallback FROM message WHERE id = $1", one.id)

    assert row["fallback"] is None


QUARTER = timedelta(minutes=15)


def held(of: StoredEvent, number: int = 0, **fields: object) -> Message:
    values: dict[str, object] = {
        "contact_id": f"cp-{number}",
        "state": State.HELD,
        "reason": "paused",
        "next_at": now() + QUARTER,
        **fields,
    }
    return message(of, **values)


async def pause(stores: Stores, subject: str, ends_at: datetime | None = None) -> None:
    if isinstance(stores.pauses, MemoryPauses):
        stores.pauses.subjects[subject] = ends_at
    else:
        assert isinstance(stores, RealStores)
        await queries.pause(stores.database, subject, by="ana", reason="", ends_at=ends_at)


async def resume(stores: Stores, subject: str) -> None:
    if isinstance(stores.pauses, MemoryPauses):
        del stores.pauses.subjects[subject]
    else:
        assert isinstance(stores, RealStores)
        await queries.resume(stores.database, subject)


@pytest.mark.parametrize("subject", ["channel:email", "event:pqrs.received", EVERYTHING])
async def test_what_a_pause_holds_is_released_after_it_alone(
    stores: Stores, of: StoredEvent, subject: str
) -> None:
    one = held(of)
    await stores.add(one)
    await pause(stores, subject)

    assert {subject} == await stores.pauses.paused()
    assert await stores.pauses.release_resumed(10) == []
    await resume(stores, subject)
    [ticket] = await stores.pauses.release_resumed(10)

    assert await stores.pauses.paused() == frozenset()
    assert (ticket.channel, ticket.lane, ticket.ids) == ("email", Lane.NORMAL, (one.id,))
    assert await stores.state_of(one) == "queued"


async def test_releasing_goes_page_by_page_and_finds_nothing_twice(stores: Stores, of: StoredEvent) -> None:
    await stores.add(*(held(of, number) for number in range(3)))

    pages = [await stores.pauses.release_resumed(2) for _ in range(3)]

    assert [sum(len(ticket.ids) for ticket in page) for page in pages] == [2, 1, 0]


async def test_message_held_for_another_reason_stays(stores: Stores, of: StoredEvent) -> None:
    one = held(of, reason="contact_hours")
    await stores.add(one)

    assert await stores.pauses.release_resumed(10) == []
    assert await stores.state_of(one) == "held"


@pytest.mark.parametrize(
    ("expires_in", "ends_in", "left"),
    [
        (2 * HOUR, None, 2 * HOUR - QUARTER),
        (2 * HOUR, 3 * HOUR, 2 * HOUR - QUARTER),
        (2 * HOUR, 2 * HOUR, 2 * HOUR),
    ],
    ids=["no end", "an end far off", "at its end"],
)
async def test_unused_pause_time_is_subtracted_from_the_expiry(
    stores: Stores, of: StoredEvent, expires_in: timedelta, ends_in: timedelta | None, left: timedelta
) -> None:
    begun = now()
    ends_at = None if ends_in is None else begun + ends_in
    one = held(of, next_at=begun + QUARTER, expires_at=begun + expires_in, ends_at=ends_at)
    await stores.add(one)
    await stores.pauses.release_resumed(10)
    [claimed] = await stores.claim(one)

    assert claimed.message.expires_at is not None
    assert abs(claimed.message.expires_at - (begun + left)) < timedelta(seconds=30)


async def test_pause_with_an_end_holds_nothing_from_then_on(stores: Stores, of: StoredEvent) -> None:
    one = held(of)
    await stores.add(one)
    await pause(stores, "channel:email", now() - HOUR)
    await pause(stores, "channel:sms", now() + HOUR)
    paused = await stores.pauses.paused()
    ended = [await stores.pauses.end(), await stores.pauses.end()]
    [ticket] = await stores.pauses.release_resumed(10)

    assert paused == {"channel:sms"}
    assert ended == [["channel:email"], []]
    assert ticket.ids == (one.id,)
    assert {"channel:sms"} == await stores.pauses.paused()
