"""Work that is due: a fault of one piece, or of the store, stops nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from hub.errors import StorageUnavailable
from hub.tasks import cancel
from hub.timers import due_work
from hub.timers.due_work import DueWork, pause


class Store:
    """Hands out its rows, two at a time, and fails first."""

    def __init__(self, *pieces: str) -> None:
        self.failures: list[Exception] = [StorageUnavailable("away"), ValueError("a fault")]
        self.pieces = list(pieces)
        self.rooms: list[int] = []

    async def due(self, working: Sequence[str]) -> Sequence[str]:
        room = 2 - len(working)
        self.rooms.append(room)
        if self.failures:
            raise self.failures.pop(0)
        given, self.pieces = self.pieces[:room], self.pieces[room:]
        return given


async def test_faults_of_the_store_and_of_a_piece_stop_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_work, "LOOK", 0.0)
    store, done, all_done = Store("bad", "slow", "good"), list[str](), asyncio.Event()

    async def do(piece: str) -> None:
        if piece == "bad":
            raise ValueError("a fault")
        if piece == "slow":
            await asyncio.Event().wait()
        done.append(piece)
        all_done.set()

    work = DueWork(waiting="w", broken="b", due=store.due, do=do, about=lambda piece: {"piece": piece})
    with capture_logs() as logged:
        running = asyncio.create_task(work.run())
        await asyncio.wait_for(all_done.wait(), 10)
        await cancel(running)

    assert ["good"] == done
    # The slow one keeps its place.
    assert 1 == store.rooms[-1]
    assert [("w", None), ("b", None), ("b", "bad")] == [(line["event"], line.get("piece")) for line in logged]


async def test_place_that_comes_free_is_taken_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_work, "LOOK", 3600.0)
    store, done, all_done = Store(*"abcdef"), list[str](), asyncio.Event()
    store.failures.clear()

    async def do(piece: str) -> None:
        done.append(piece)
        await asyncio.sleep(0)
        if len(done) == 6:
            all_done.set()

    work = DueWork(waiting="w", broken="b", due=store.due, do=do, about=lambda piece: {"piece": piece})
    running = asyncio.create_task(work.run())
    await asyncio.wait_for(all_done.wait(), 10)
    await cancel(running)

    assert list("abcdef") == done


def test_the_last_pause_stays_and_each_is_a_little_longer_by_chance() -> None:
    pauses = [timedelta(seconds=1), timedelta(seconds=10)]

    for tries, least in ((0, 1), (1, 10), (7, 10)):
        assert timedelta(seconds=least) <= pause(pauses, tries) <= timedelta(seconds=1.2 * least)
