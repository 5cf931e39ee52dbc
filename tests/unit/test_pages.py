"""Pages of lists that are read whole, their parts, and remembered counts."""

from __future__ import annotations

import asyncio
from typing import Final, cast

import pytest

from hub.desk.channels.noun import NOUN
from hub.desk.channels.rows import PauseRow
from hub.doors.command import lines_of
from hub.doors.terminal import cell
from hub.errors import InvalidCursor
from hub.model.pages import ListQuery, cut, rows_by
from hub.storage import PostgresLog
from hub.web.live import with_count
from hub.web.monitoring.remembered import FRESH, SHARE, Counted, Remembered
from hub.web.responses import refusal_of
from tests.contract.values import NOON

WORDS: Final = ["b", "d", "a", "e", "c"]


def key(word: str) -> tuple[str, ...]:
    return (word,)


@pytest.mark.parametrize(
    ("newest_first", "pages"), [(False, ["ab", "cd", "e"]), (True, ["ed", "cb", "a"])], ids=["up", "down"]
)
def test_pages_follow_each_other_to_the_end(newest_first: bool, pages: list[str]) -> None:
    found, after, more = [], None, True
    while more:
        page, after = cut(WORDS, ListQuery(limit=2, after=after), key, newest_first=newest_first)
        found.append("".join(page))
        more = after is not None

    assert pages == found


def test_what_is_added_between_two_pages_moves_no_other_row() -> None:
    _, after = cut(WORDS, ListQuery(limit=2), key)

    assert ["c", "d"] == cut(["aa", *WORDS], ListQuery(limit=2, after=after), key)[0]


@pytest.mark.parametrize("cursor", ["!", "Zm9v", "WzFd"])
def test_cursor_of_nobodys_is_refused_and_pointed_at(cursor: str) -> None:
    with pytest.raises(InvalidCursor) as refused:
        rows_by([], ListQuery(after=cursor), lambda _: ())
    refusal = refusal_of(refused.value)

    assert (400, ["after"]) == (refusal.status, [part["parameter"] for part in refusal.errors])


@pytest.mark.parametrize(("paused", "expected"), [(True, ["2026-03-09 12:00:00", "ana"]), (False, ["", ""])])
def test_column_may_be_a_field_of_a_part_that_is_not_there(paused: bool, expected: list[str]) -> None:
    pause = PauseRow(subject="all", since=NOON, by="ana", reason="", ends_at=None)
    row = {"paused": pause if paused else None}

    assert expected == [cell(row, made) for made in ("paused.since", "paused.by")]


def test_list_names_its_columns_at_the_command_line() -> None:
    channels, pauses = map(lines_of, NOUN.lists)

    assert "paused.since" == channels["paused"]
    assert ["subject", "since", "ends", "by", "reason"] == list(pauses)


class SlowLog:
    """A log whose counting takes so many seconds of its own clock."""

    def __init__(self, takes: float = 0) -> None:
        self.asked = 0
        self.now = 0.0
        self._takes = takes

    def clock(self) -> float:
        return self.now

    async def counts(self, _: object = None) -> dict[str, dict[str, int]]:
        self.asked += 1
        self.now += self._takes
        return {"messages": {"sent": self.asked}}


def counted(log: SlowLog) -> Counted:
    return Counted(cast(PostgresLog, log), log.clock)


async def test_counts_that_are_quick_are_fresh_after_a_moment() -> None:
    log = SlowLog()
    counts = counted(log)
    first = [await counts.get() for _ in range(3)]
    log.now += FRESH

    assert first == [{"messages": {"sent": 1}}] * 3
    assert await counts.get() == {"messages": {"sent": 2}}


async def test_mark_of_rows_differs_once_more_when_a_count_from_before_a_change_is_made_anew() -> None:
    """A page that loads itself for the change would else show the old count until the next one."""
    log, rows = SlowLog(), ["three"]

    async def rows_of_now() -> object:
        return list(rows)

    mark = with_count(rows_of_now, counted(log), "messages")
    before = await mark()
    rows.append("four")
    changed, still = await mark(), await mark()
    log.now += FRESH

    assert before != changed == still
    assert await mark() not in (before, changed)


async def test_counts_that_take_long_are_kept_twenty_times_as_long() -> None:
    log = SlowLog(takes=1)
    counts = counted(log)
    await counts.get()
    log.now += SHARE - 1
    await counts.get()

    assert log.asked == 1
    log.now += 1
    await counts.get()
    assert log.asked == 2


async def test_slow_count_of_one_building_holds_up_no_other() -> None:
    known: Remembered[str, str] = Remembered()
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        begun.set()
        await ended.wait()
        return "slow"

    async def quick() -> str:
        return "quick"

    waiting = [asyncio.create_task(known.get("ph-1", slow)) for _ in range(2)]
    await begun.wait()

    assert await asyncio.wait_for(known.get("ph-2", quick), 5) == "quick"
    ended.set()
    assert await asyncio.gather(*waiting) == ["slow", "slow"]
