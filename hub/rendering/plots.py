"""
Plots as numbers: where the bars and lines of a small chart stand. Pure; templates draw them as inline SVG.

The box is stretched to the room that a page has, so nothing in it is text: names and numbers stand around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 1000
HEIGHT: Final = 100
GAP: Final = 0.2
"""Of a bar's room."""
LABELS: Final = 5
"""Names that stand below the bars, from the first to the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of a column: the number of one series. The origin of the box is at the upper left."""

    x: float
    y: float
    width: float
    height: float
    series: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A part of a series without a gap: its points as SVG writes them."""

    points: str
    series: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    width: int
    height: int
    bars: Sequence[Bar]
    labels: Sequence[str]
    top: str
    """The number that the upper edge stands for; half of it is at half of the height."""
    lines: Sequence[Line] = ()


def columns(names: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]) -> Plot:
    """Stack the series into one column for each name, the first series at the bottom."""
    top = _nice(max((sum(values) for values in zip(*(of for _, of in series), strict=True)), default=0))
    room = WIDTH / max(1, len(names))
    bars: list[Bar] = []
    for place in range(len(names)):
        y = float(HEIGHT)
        for name, values in series:
            height = values[place] * HEIGHT / top
            y -= height
            if height:
                x, width = room * (place + GAP / 2), room * (1 - GAP)
                bars.append(Bar(x=_r(x), y=_r(y), width=_r(width), height=_r(height), series=name))
    return Plot(width=WIDTH, height=HEIGHT, bars=bars, labels=_labels(names), top=_short(top))


def lines(
    names: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], *, top: float, unit: str = ""
) -> Plot:
    """Draw each series as a line from nothing to `top`; where it has no number, the line is broken."""
    found = [
        Line(points=part, series=name) for name, values in series for part in _parts(values, len(names), top)
    ]
    return Plot(
        width=WIDTH, height=HEIGHT, bars=(), labels=_labels(names), top=f"{_short(top)}{unit}", lines=found
    )


def _parts(values: Sequence[float | None], steps: int, top: float) -> Iterator[str]:
    room, part = WIDTH / max(1, steps), list[str]()
    for place, value in enumerate([*values, None]):
        if value is None:
            if part:
                yield " ".join(part)
            part = []
        else:
            y = _r(HEIGHT - min(max(value, 0), top) * HEIGHT / top)
            # A step is as wide as its column: so one between two gaps is still seen.
            part += [f"{_r(room * (place + GAP / 2))},{y}", f"{_r(room * (place + 1 - GAP / 2))},{y}"]


def _labels(names: Sequence[str]) -> list[str]:
    if len(names) <= LABELS:
        return list(names)
    return [names[round(place * (len(names) - 1) / (LABELS - 1))] for place in range(LABELS)]


def _nice(highest: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten; of nothing the axis still ends somewhere."""
    power = 1.0
    while power * 10 <= highest:
        power *= 10
    return next((step * power for step in (1, 2, 5, 10) if step * power >= highest), 10 * power)


def _short(number: float) -> str:
    return f"{number / 1000:g} mil" if number >= 1000 else f"{number:g}"


def _r(number: float) -> float:
    return round(number, 1)
