"""Which waiting messages an operator can cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.model import Message, State, StoredEvent, Target
from hub.ports import CancelPage, CancelResult, MessageFilter
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, LEASE, message, now


def waiting(of: StoredEvent, number: int = 0, **fields: Any) -> Message:
    created = now() - HOUR + timedelta(seconds=number)
    values = {"contact_id": f"cp-{number}", "person": f"p-{number}", "created_at": created}
    return message(of, **{**values, "state": State.HELD, "reason": "throttled", "next_at": now(), **fields})


async def cancel(
    stores: RealStores,
    *,
    dry_run: bool = False,
    after: str | None = None,
    limit: int = 10,
    **narrowed: Any,
) -> CancelPage:
    chosen = MessageFilter(**{"state": "held", **narrowed})
    return await stores.cancel.cancel(chosen, dry_run=dry_run, after=after, limit=limit)


async def state_of(stores: RealStores, one: Message) -> tuple[str, str | None]:
    row = await stores.log.message(one.id)
    assert row is not None
    return row["state"], row["reason"]


@pytest.mark.parametrize("state", [State.HELD, State.RETRYING, State.QUEUED])
async def test_waiting_message_is_cancelled_for_good_and_once(
    stores: RealStores, of: StoredEvent, state: State
) -> None:
    one = waiting(of, state=state)
    await stores.add(one)

    first, second = [await cancel(stores, state=str(state)) for _ in range(2)]

    assert {(CancelResult.CANCELLED, "email", "throttled"): 1} == dict(first.counts)
    assert {} == dict(second.counts)
    assert ("cancelled", "withdrawn") == await state_of(stores, one)
    assert [] == list(await stores.claim(one))


async def test_dry_run_only_counts(stores: RealStores, of: StoredEvent) -> None:
    one = waiting(of)
    await stores.add(one)
    counted = await cancel(stores, dry_run=True)

    assert {(CancelResult.CANCELLED, "email", "throttled"): 1} == dict(counted.counts)
    assert ("held", "throttled") == await state_of(stores, one)


async def test_filter_chooses_one_message_and_the_callers_places(stores: RealStores, of: StoredEvent) -> None:
    one, other = waiting(of), waiting(of, 1)
    await stores.add(one, other)

    elsewhere = await cancel(stores, id=one.id, places=frozenset({"ph-nowhere"}))
    there = await cancel(stores, id=one.id)

    assert ({}, 1) == (dict(elsewhere.counts), sum(there.counts.values()))
    assert ("held", "throttled") == await state_of(stores, other)


async def test_what_a_worker_has_had_and_what_leaves_with_a_digest_is_left_alone(
    stores: RealStores, of: StoredEvent
) -> None:
    taken, digested = waiting(of, state=State.QUEUED, next_at=None), waiting(of, 1, reason="in_digest")
    await stores.add(taken, digested)
    await stores.delivery.claim([taken.id], token=uuid4(), lease=LEASE)
    await stores.log.rows("UPDATE message SET state = 'queued' WHERE id = $1", taken.id)  # type: ignore[attr-defined]

    queued, held = await cancel(stores, state="queued"), await cancel(stores)

    assert [CancelResult.SENDING] == [verdict for verdict, _, _ in queued.counts]
    assert [CancelResult.IN_DIGEST] == [verdict for verdict, _, _ in held.counts]
    assert ("held", "in_digest") == await state_of(stores, digested)


async def test_what_a_worker_has_given_back_is_cancelled(stores: RealStores, of: StoredEvent) -> None:
    """Its lease stays on the row; only of one that is queued it says that a worker may still answer."""
    one = waiting(of, state=State.RETRYING)
    await stores.add(one)
    await stores.log.rows("UPDATE message SET lease = $2 WHERE id = $1", one.id, uuid4())  # type: ignore[attr-defined]

    again = await cancel(stores, state="retrying")

    assert [CancelResult.CANCELLED] == [verdict for verdict, _, _ in again.counts]


async def test_pages_go_on_after_the_last_message(stores: RealStores, of: StoredEvent) -> None:
    await stores.add(*(waiting(of, number) for number in range(3)))

    first = await cancel(stores, limit=2)
    rest = await cancel(stores, limit=2, after=first.next)

    assert (2, 1, None) == (sum(first.counts.values()), sum(rest.counts.values()), rest.next)


async def test_no_further_step_follows_what_was_cancelled(stores: RealStores, of: StoredEvent) -> None:
    one = waiting(of, fallback=((Target(channel="sms", contact_id="cp-9", address="+573001112233"),),))
    await stores.add(one)
    await cancel(stores)
    [row] = await stores.log.rows("SELECT fallback FROM message WHERE id = $1", one.id)  # type: ignore[attr-defined]

    assert row["fallback"] is None
