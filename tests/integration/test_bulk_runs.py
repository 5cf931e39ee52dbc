"""Bulk runs under several workers, one of which dies: each row is done once, and none is left."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest

from hub.access.actor import Actor
from hub.model import DeadLetter, State
from hub.model.bulk import BulkFilter, BulkKind, BulkResult, BulkRun, BulkState
from hub.model.message_lists import MessageList
from hub.operations.bulk.runs import BulkOrder, start
from hub.storage import Database, PostgresBulk
from hub.storage.redrive import redrive
from hub.testing import MemoryAudit
from hub.timers.row_work import work_bulk_runs
from tests.acceptance.harness import until
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import event, letter, now, stored
from tests.contract.values import message as message_of
from tests.unit.timer_harness import hub_with, timers_of

MANY = 250


@dataclass
class Place:
    """A database with lost messages and dead letters, and the workers of several processes."""

    database: str
    stores: RealStores
    replayed: Counter[UUID] = field(default_factory=Counter)
    at_once: int = 20

    async def lose(self, count: int) -> list[UUID]:
        of = stored(event(data={"pqrs_id": "PQ-1"}), copropiedad_id="ph-1")
        lost = [
            message_of(of, person=f"p-{number}", state=State.FAILED, reason="timeout", created_at=now())
            for number in range(count)
        ]
        await self.stores.add_events(of)
        await self.stores.add(*lost)
        return [message.id for message in lost]

    async def bury(self, count: int) -> None:
        letters = [letter(f"{{{number}".encode(), received_at=now()) for number in range(count)]
        await self.stores.add_dead_letters(*letters)

    async def start(self, kind: BulkKind, asked: BulkFilter) -> BulkRun:
        order, audit = BulkOrder(kind=kind, asked=asked, reason="falla"), MemoryAudit()
        ana = Actor(who="account:ana", notes=audit, now=datetime.now(UTC))
        run = await start(self.stores.bulk, order, ana)
        assert run is not None
        assert [(f"bulk.{kind}", f"bulk:{run.id}")] == [(note.action, note.subject) for note in audit.rows]
        return run

    async def shown(self, run: BulkRun) -> BulkRun:
        shown = await self.stores.bulk.run(run.id)
        assert shown is not None
        return shown

    async def replay(self, dead: DeadLetter) -> None:
        self.replayed[dead.id] += 1
        await asyncio.sleep(0)


@pytest.fixture
async def place(database: str) -> AsyncIterator[Place]:
    async with open_stores(database) as stores:
        yield Place(database, stores)


async def worker(place: Place) -> list[UUID]:
    """Work as the timers of one process do; return the ids of the tickets."""
    ids: list[UUID] = []
    async with Database(place.database) as opened:
        store = PostgresBulk(opened)
        while (batch := await store.work(place.at_once, place.replay)) is not None:
            ids += [message_id for ticket in batch.tickets for message_id in ticket.ids]
    return ids


async def test_two_workers_send_each_message_once(place: Place) -> None:
    ids = await place.lose(MANY)
    run = await place.start(BulkKind.RESEND, BulkFilter(state="failed"))
    ticketed = await asyncio.gather(worker(place), worker(place))
    await worker(place)

    assert sorted(ticketed[0] + ticketed[1]) == sorted(ids)
    shown = await place.shown(run)
    assert (shown.state, shown.done, shown.skipped) == (BulkState.DONE, MANY, 0)


async def test_what_a_killed_worker_had_in_hand_is_done_by_another(place: Place) -> None:
    await place.bury(5)
    run = await place.start(BulkKind.REPLAY, BulkFilter())
    hanging = asyncio.Event()

    async def hang(_: DeadLetter) -> None:
        hanging.set()
        await asyncio.Event().wait()

    async with Database(place.database) as opened:
        killed = asyncio.create_task(PostgresBulk(opened).work(3, hang))
        await hanging.wait()
        # Its rows are locked: a second worker has the rest, and does not take the run for ended.
        await worker(place)
        between = await place.shown(run)
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
    await worker(place)

    assert (between.state, between.done) == (BulkState.RUNNING, 2)
    assert (await place.shown(run)).state is BulkState.DONE
    assert sorted(place.replayed.values()) == [1] * 5


async def test_timers_work_a_run_and_ticket_what_goes(place: Place) -> None:
    ids = await place.lose(3)
    run = await place.start(BulkKind.RESEND, BulkFilter(only=MessageList.LOST))
    hub = await hub_with()
    timers = timers_of(hub, bulk=place.stores.bulk)

    while await work_bulk_runs(timers):
        pass
    assert sorted(hub.publisher.ticketed) == sorted(ids)
    assert (await place.shown(run)).state is BulkState.DONE


async def test_stop_takes_effect_while_a_run_is_worked(place: Place) -> None:
    await place.bury(200)
    place.at_once = 2
    run = await place.start(BulkKind.REPLAY, BulkFilter())
    working = asyncio.create_task(worker(place))
    await until(lambda: place.replayed.total() >= 4, "some are replayed")
    await place.stores.bulk.cancel_run(run.id, by="luis")
    await working

    shown = await place.shown(run)
    assert shown.state is BulkState.CANCELLED
    assert shown.waiting > 0
    assert place.replayed.total() == shown.done < 200


async def test_what_changed_since_the_plan_is_skipped(place: Place) -> None:
    ids = await place.lose(2)
    run = await place.start(BulkKind.RESEND, BulkFilter(state="failed"))
    await redrive(place.stores.database, ids[0])
    await worker(place)

    assert await place.stores.bulk.reasons(run.id) == {
        (BulkResult.DONE, ""): 1,
        (BulkResult.SKIPPED, "changed"): 1,
    }
