"""From turns to a table. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Final

from hub.model import Json

REFERENCE: Final = "celery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One contestant in one round. CPU in seconds: of its own processes, and of all servers as well."""

    contestant: str
    number: int
    mails: int
    seconds: float
    own_cpu: float
    all_cpu: float

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
    ratio: float
    own_cpu: float
    all_cpu: float


def standings(turns: Sequence[Turn]) -> list[Standing]:
    """
    Sum up, in the order of the first round.

    `ratio` is the median over the rounds of what was measured in the same minute, so that a
    machine that slows down meanwhile does it to both sides. NaN without the reference.
    """
    names = dict.fromkeys(turn.contestant for turn in turns)
    return [_standing(name, [turn for turn in turns if turn.contestant == name], turns) for name in names]


def _standing(name: str, own: Sequence[Turn], turns: Iterable[Turn]) -> Standing:
    reference = {turn.number: turn.rate for turn in turns if turn.contestant == REFERENCE}
    ratios = [turn.rate / reference[turn.number] for turn in own if turn.number in reference]
    rates = sorted(turn.rate for turn in own)
    return Standing(
        contestant=name,
        slowest=rates[0],
        median=median(rates),
        fastest=rates[-1],
        ratio=median(ratios) if ratios else float("nan"),
        own_cpu=median(turn.own_cpu / turn.mails * 1000 for turn in own),
        all_cpu=median(turn.all_cpu / turn.mails * 1000 for turn in own),
    )


def table(rows: Iterable[Standing]) -> str:
    """Lay it out for a terminal."""
    head = ("", "min", "median", "max", "ratio", "own CPU", "all CPU")
    lines = [
        (
            row.contestant,
            f"{row.slowest:,.0f}",
            f"{row.median:,.0f}",
            f"{row.fastest:,.0f}",
            f"{row.ratio:.2f}",
            f"{row.own_cpu:.2f}",
            f"{row.all_cpu:.2f}",
        )
        for row in rows
    ]
    return "\n".join("".join(_cells(line)) for line in [head, *lines])


def _cells(line: Sequence[str]) -> Iterable[str]:
    return (text.ljust(8) if column == 0 else text.rjust(9) for column, text in enumerate(line))


def as_json(turns: Sequence[Turn], conditions: Json) -> Json:
    """Say everything that was measured."""
    return {
        "conditions": conditions,
        "standings": [asdict(row) for row in standings(turns)],
        "turns": [{**asdict(turn), "rate": turn.rate} for turn in turns],
    }
