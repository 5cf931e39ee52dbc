"""Coefficients: what a whole file says of each copropiedad's shares, in per cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from hub.people.importing.faults import Fault
from hub.people.importing.folding import fold, fold_tower, fold_unit
from hub.people.importing.rows import Row

_WHOLE: Final = 100.0
_TOLERANCE: Final = 0.0005
"""Of the whole: a thousand shares rounded to four places differ by less."""


def shares(rows: Iterable[Row]) -> tuple[Mapping[int, float], list[Fault]]:
    """Answer line → share in per cent, and a warning for each copropiedad whose shares make no whole."""
    of: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.coefficient is not None:
            of[fold(row.copropiedad)].append(row)
    told: dict[int, float] = {}
    doubts = []
    for some in of.values():
        total = _total(some)
        # Shares of 1 are only believed when they make a whole: 0,8 may well be per cent.
        scale = _WHOLE if abs(total - 1) <= _TOLERANCE and not any(row.per_cent for row in some) else 1.0
        told.update((row.line, min(round((row.coefficient or 0.0) * scale, 10), _WHOLE)) for row in some)
        if abs(total * scale - _WHOLE) > _WHOLE * _TOLERANCE:
            doubts.append(_doubt(some[0].line, total))
    return told, doubts


def _total(rows: Sequence[Row]) -> float:
    of_units = {(fold_tower(row.tower), fold_unit(row.unit or "")): row.coefficient or 0.0 for row in rows}
    return sum(of_units.values())


def _doubt(line: int, total: float) -> Fault:
    return Fault(
        line=line,
        column="coeficiente",
        wrong=f"los de esta copropiedad suman {total:.4f}, no 100 % ni 1".replace(".", ","),
        write="los coeficientes del reglamento, uno por unidad; se leen como por ciento",
        warning=True,
    )
