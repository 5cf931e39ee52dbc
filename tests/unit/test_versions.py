"""Jumps of versions ahead of the one in force, for each way in which publishers count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import VersionJump
from hub.model import Event
from hub.people.versions import STEP, latest_after, latest_first, require_no_jump
from tests.contract.values import copropiedad, event, membership, person, person_removed, unit

NOW: Final = datetime(2026, 3, 9, 13, 15, tzinfo=UTC)
SECONDS: Final = int(NOW.timestamp())
DAY: Final = 24 * 3600

ACCEPTED: Final = [
    (7, 8, "a counter goes on"),
    (7, 7 + STEP, "one counter for all rows"),
    (0, 1, "a counter from nought"),
    (202603, 202604, "a counter that reads as a month"),
    (1_000_000_000 - 1, 1_000_000_000, "seconds of 2001"),
    (946_684_800, SECONDS, "seconds: a row of the year 2000 changes today"),
    (SECONDS - 1, SECONDS, "seconds"),
    (SECONDS * 1000 - 1, SECONDS * 1000 + 3600_000, "milliseconds, of a clock that is ahead"),
    (20260308, 20260309, "a day"),
    (19990308, 20260309, "a day of the last century"),
    (2026030801, 2026030902, "a day and a number, as zones of the DNS are counted"),
    (2026030899, 2026030900, "ninety-nine changes a day"),
    (202603081459, 202603090815, "a day and minutes"),
    (20260308235960, 20260309081500, "a leap second"),
    (20260309131500, 20260309181500, "wall time of another zone"),
    (9007199254740991, 9007199254740992, "what was stored before there was a limit"),
]
REFUSED: Final = [
    (7, 20260309081500, "the present over a counter"),
    (7, 20260309, "today over a counter"),
    (7, SECONDS, "seconds over a counter"),
    (7, 8 + STEP, "a counter that jumps"),
    (202603, 20260309, "a day over what reads as a month"),
    (SECONDS, SECONDS * 1000, "milliseconds over seconds"),
    (SECONDS, SECONDS + 2 * DAY, "seconds to come"),
    (SECONDS * 1000, 20260309081500, "a date and time over milliseconds"),
    (SECONDS * 1000, (SECONDS + 2 * DAY) * 1000, "milliseconds to come"),
    (20260309, 20260312, "a day to come"),
    (20260309, 20260309081500, "a time over a day"),
    (20260309081500, 20260312081500, "a date and time to come"),
    (2026030901, 2026031201, "a day and a number, to come"),
    (20269999, 20269999 + STEP + 1, "no date: a counter"),
]


@pytest.mark.parametrize(("stored", "after"), [row[:2] for row in ACCEPTED], ids=[row[2] for row in ACCEPTED])
def test_version_in_the_scale_of_the_stored_one_is_accepted(stored: int, after: int) -> None:
    assert after <= latest_after(stored, NOW)


@pytest.mark.parametrize(("stored", "after"), [row[:2] for row in REFUSED], ids=[row[2] for row in REFUSED])
def test_version_that_jumps_out_of_its_scale_is_refused(stored: int, after: int) -> None:
    assert after > latest_after(stored, NOW)


def test_first_version_is_at_most_the_present() -> None:
    assert latest_first(NOW) == 20260310131500


SCALES: Final[Mapping[str, Callable[[datetime], int]]] = {
    "seconds": lambda at: int(at.timestamp()),
    "milliseconds": lambda at: int(at.timestamp() * 1000),
    "day": lambda at: int(at.strftime("%Y%m%d")),
    "day and number": lambda at: int(at.strftime("%Y%m%d")) * 100 + at.microsecond % 100,
    "day and long number": lambda at: int(at.strftime("%Y%m%d")) * 1000 + at.microsecond % 1000,
    "hour": lambda at: int(at.strftime("%Y%m%d%H")),
    "minute": lambda at: int(at.strftime("%Y%m%d%H%M")),
    "second": lambda at: int(at.strftime("%Y%m%d%H%M%S")),
}
SPAN: Final = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000) for year in (1992, 2060))
CHANGES: Final = st.lists(
    st.integers(*SPAN).map(lambda milliseconds: datetime.fromtimestamp(milliseconds / 1000, UTC)),
    min_size=2,
    max_size=6,
).map(sorted)
AHEAD: Final = st.timedeltas(timedelta(0), timedelta(hours=23))
"""The lead of the publisher's clock, or its zone, over ours."""


@pytest.mark.parametrize("scale", SCALES)
@given(instants=CHANGES, ahead=AHEAD)
def test_honest_timestamps_are_never_refused(
    scale: str, instants: Sequence[datetime], ahead: timedelta
) -> None:
    for before, at in pairwise(instants):
        assert SCALES[scale](at + ahead) <= latest_after(SCALES[scale](before + ahead), at)


@given(st.integers(0, 10_000_000), st.lists(st.integers(1, STEP), max_size=10))
def test_honest_counter_is_never_refused(first: int, steps: Sequence[int]) -> None:
    version = first
    for step in steps:
        if version > 19_000_000:
            break
        assert version + step <= latest_after(version, NOW)
        version += step


KINDS: Final[Mapping[str, Callable[[int], Event]]] = {
    "copropiedad": lambda version: copropiedad(version=version),
    "unit": lambda version: unit("u-1", version=version),
    "person": lambda version: person("p-1", version),
    "removed person": lambda version: person_removed("p-1", version),
    "membership": lambda version: membership("p-1", "unit:u-1", "owner", version),
    "leave": lambda version: event("directory.leave.removed", data={"leave_id": "l-1", "version": version}),
    "rota": lambda version: event("directory.rota.removed", data={"rota_id": "r-1", "version": version}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_jump_is_found_over_what_is_stored_and_within_a_batch(kind: str) -> None:
    make = KINDS[kind]
    noun = kind.rpartition(" ")[2]
    entry = noun, make(1).data[f"{noun}_id"]

    require_no_jump([make(20260309081500)], {}, NOW)
    require_no_jump([make(8), make(3), make(9)], {entry: 7}, NOW)
    with pytest.raises(VersionJump, match=r"data\.version: expected at most 1000007, .*override=true"):
        require_no_jump([make(20260309081500)], {entry: 7}, NOW)
    with pytest.raises(VersionJump):
        require_no_jump([make(7), make(20260309081500)], {}, NOW)
