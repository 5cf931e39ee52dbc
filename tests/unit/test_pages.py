"""Pages of lists that are read whole, and the parts that operators see."""

from __future__ import annotations

from typing import Final

import pytest

from hub.desk.channels.noun import NOUN
from hub.desk.channels.rows import PauseRow
from hub.doors.command import lines_of
from hub.doors.terminal import cell
from hub.errors import InvalidCursor
from hub.model.pages import ListQuery, cut, rows_by
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
