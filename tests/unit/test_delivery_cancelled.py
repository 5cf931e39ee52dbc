"""A cancelled worker records every answer of a provider before it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from hub.errors import StorageUnavailable
from hub.model import Accepted, Outcome, Outgoing, State
from hub.testing import MemoryEmail, MemoryStore
from tests.unit.delivery_harness import DeliveryHarness, hasty, mail, make_harness


class _SlowStore(MemoryStore):
    """Records slowly, until `resume` is set."""

    recording: asyncio.Event
    resume: asyncio.Event

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        self.recording.set()
        await self.resume.wait()
        return await super().record(token, outcomes)


def slow_office() -> tuple[DeliveryHarness, _SlowStore]:
    office = make_harness()
    store = _SlowStore(office.clock)
    store.recording, store.resume = asyncio.Event(), asyncio.Event()
    office.store = store
    return office, store


async def cancelled(work: Coroutine[Any, Any, None], when: asyncio.Event) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    await asyncio.wait_for(when.wait(), 5)
    task.cancel()
    await asyncio.sleep(0)
    return task


async def test_a_worker_cancelled_while_it_records_ends_when_it_has_recorded() -> None:
    office, store = slow_office()
    message = mail()
    await office.holds(message)
    task = await cancelled(office.deliver(message), store.recording)

    assert not task.done()
    store.resume.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert office.states(message) == [State.SENT]


async def test_worker_cancelled_while_sending_records_the_answers() -> None:
    begun = asyncio.Event()

    async def by_person(outgoing: Outgoing) -> Accepted:
        if outgoing.message.person == "p-stuck":
            begun.set()
            await asyncio.Event().wait()
        return Accepted(provider="smtp")

    office = make_harness(MemoryEmail(by_person, by_person))
    done, stuck = mail("p-done"), mail("p-stuck")
    await office.holds(done, stuck)
    task = await cancelled(office.deliver(done, stuck), begun)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    # A send without an answer is unknown: its lease stays, and the next worker sends it again.
    assert office.states(done, stuck) == [State.SENT, State.SENDING]


async def test_worker_cancelled_without_a_database_still_ends() -> None:
    begun = asyncio.Event()

    async def hang(_: Outgoing) -> Accepted:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    office = make_harness(MemoryEmail(Accepted(provider="smtp"), hang))
    office.store.faults.script("record", StorageUnavailable())
    done, stuck = mail("p-done"), mail("p-stuck")
    await office.holds(done, stuck)
    task = await cancelled(office.deliver(done, stuck), begun)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert office.states(done) == [State.SENT]


async def test_a_worker_cancelled_while_the_database_stays_away_ends_with_its_lease(tmp_path: Path) -> None:
    office = make_harness(policy=hasty(tmp_path, provider="100ms", margin="200ms"))
    office.store.faults.always("record", StorageUnavailable())
    message = mail()
    await office.holds(message)
    with capture_logs() as logs:
        delivering = asyncio.create_task(office.deliver(message))
        await asyncio.sleep(0.05)
        delivering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(delivering, 5)

    assert office.states(message) == [State.SENDING]
    assert "delivery.outcomes_lost" in [entry["event"] for entry in logs]
