"""Waiting messages that an operator can cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.model import Message, State, StoredEvent, Target
from hub.model.bulk import BulkKind
from hub.ports import MessageFilter
from hub.storage.cancel import withdraw
from tests.contract.many import Done, plan, run
from tests.contract.stores import RealStores
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
