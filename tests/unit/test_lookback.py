"""A look that took long is repeated from the beginning only later, and looks in between reach back to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hub.storage.lookback import EVER, LONG, MARGIN, SHARE, Lookback, all_taken

LIMIT = 3
SECOND = timedelta(seconds=1)


class Looks:
    """A clock, and looks that take `took` seconds and find `found` rows."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.took = 0.0
        self.found = 0
        self.reaches: list[timedelta] = []
        self.lookback = Lookback(lambda: self.at)

    async def look(self, oldest: timedelta | None = None) -> None:
        left = all_taken(LIMIT) if oldest is None else lambda _: oldest
        await self.lookback.look(self._ask, left)

    async def _ask(self, reach: timedelta) -> Sequence[int]:
        self.reaches.append(reach)
        self.at += self.took
        return range(self.found)


async def test_quick_looks_are_always_from_the_beginning() -> None:
    looks = Looks()
    looks.took = LONG / 2
    for _ in range(3):
        await looks.look()

    assert [EVER] * 3 == looks.reaches


async def test_after_a_long_look_the_next_ones_reach_back_to_it() -> None:
    looks = Looks()
    looks.took = 0.5
    await looks.look()
    looks.at += 4.5
    await looks.look()
    await looks.look()
    looks.at = 1000.5 + SHARE * 0.5
    await looks.look()

    assert [EVER, 5 * SECOND + MARGIN, 5.5 * SECOND + MARGIN, EVER] == looks.reaches


async def test_a_look_that_its_limit_cut_off_does_not_count() -> None:
    looks = Looks()
    looks.took, looks.found = 0.5, LIMIT
    await looks.look()
    looks.found = LIMIT - 1
    await looks.look()
    await looks.look()

    assert [EVER, EVER, 0.5 * SECOND + MARGIN] == looks.reaches


async def test_what_is_left_in_place_stays_within_reach() -> None:
    looks = Looks()
    looks.took = 0.5
    await looks.look(oldest=timedelta(hours=1))
    await looks.look(oldest=timedelta(hours=1))

    assert [EVER, timedelta(hours=1) + 0.5 * SECOND + MARGIN] == looks.reaches
