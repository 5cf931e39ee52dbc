"""From turns to a table. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Final

from hub.model import Json

REFERENCE: Final = "celery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    One contestant in one round. CPU in seconds: of its own processes, of all servers as well, and by program.
    """

    contestant: str
    number: int
    mails: int
    seconds: float
    own_cpu: float
    all_cpu: float
    cpu: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Mails a second."""
        return self.mails / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One contestant over all rounds. Rates in mails a second, CPU in seconds for 1,000 mails."""

    contestant: str
    slowest: float
    median: float
    fastest: float
    ratio: float | None
    own_cpu: float
    all_cpu: float


def standings(turns: Sequence[Turn]) -> list[Standing]:
    """Sum up, in the order of the first round."""
    names = dict.fromkeys(turn.contestant for turn in turns)
    return [_standing(name, turns) for name in names]


def _standing(name: str, turns: Sequence[Turn]) -> Standing:
    own = [turn for turn in turns if turn.contestant == name]
    rates = [turn.rate for turn in own]
    return Standing(
        contestant=name,
        slowest=min(rates),
        median=median(rates),
        fastest=max(rates),
        ratio=ratio_of(name, turns),
        own_cpu=median(turn.own_cpu / turn.mails * 1000 for turn in own),
        all_cpu=median(turn.all_cpu / turn.mails * 1000 for turn in own),
    )


def ratio_of(name: str, turns: Sequence[Turn], reference: str = REFERENCE) -> float | None:
    """
    Answer how many times as fast as the reference; None when one of them was not measured.

    The median of the rounds' ratios, not the ratio of the medians: what is compared was measured
    in the same minute, so that a machine that slows down meanwhile does it to both sides.
    """
    return _compared(name, turns, reference, lambda turn: turn.rate)


def cost_of(name: str, turns: Sequence[Turn], reference: str) -> float | None:
    """Answer how much more CPU a mail costs than the reference's, as a share; by round, as `ratio_of`."""
    found = _compared(name, turns, reference, lambda turn: turn.all_cpu / turn.mails)
    return None if found is None else found - 1


def _compared(
    name: str, turns: Sequence[Turn], reference: str, value: Callable[[Turn], float]
) -> float | None:
    other = {turn.number: value(turn) for turn in turns if turn.contestant == reference}
    ratios = [
        value(turn) / other[turn.number] for turn in turns if turn.contestant == name and turn.number in other
    ]
    return median(ratios) if ratios else None


HEAD: Final = ("", "min", "median", "max", "ratio", "own CPU", "all CPU")


def table(rows: Iterable[Standing]) -> str:
    """Lay it out for a terminal."""
    return "\n".join(_line(cells) for cells in [HEAD, *map(_cells, rows)])


def _cells(row: Standing) -> tuple[str, ...]:
    rates = (f"{rate:,.0f}" for rate in (row.slowest, row.median, row.fastest))
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
    return row.contestant, *rates, ratio, f"{row.own_cpu:.2f}", f"{row.all_cpu:.2f}"


def _line(cells: Sequence[str]) -> str:
    return cells[0].ljust(12) + "".join(cell.rjust(9) for cell in cells[1:])


def as_json(turns: Sequence[Turn]) -> Json:
    """Say everything that was measured."""
    return {
        "standings": [asdict(row) for row in standings(turns)],
        "turns": [{**asdict(turn), "rate": turn.rate} for turn in turns],
    }
