"""
The renewal rate (the company's policy, 8.2). Pure.

It is the share of renewals among the contracts that were renewed or ended in a period. A contract counts
once: its last event decides, so one that was renewed and then ended early is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hub.model.contracts import ContractDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalFigures:
    """The contracts of one area and copropiedad; None stands for those that name none."""

    area: str | None = None
    copropiedad: str | None = None
    renewed: int = 0
    ended: int = 0

    @property
    def share(self) -> float | None:
        decided = self.renewed + self.ended
        return self.renewed / decided if decided else None


def renewals(decisions: Iterable[ContractDecision]) -> list[RenewalFigures]:
    """Count the contracts of these decisions, which are in the order of their time, by area and place."""
    last = {decision.case: decision for decision in decisions}.values()
    counts = Counter((each.area, each.copropiedad, each.renewed) for each in last)
    groups = {(area, copropiedad) for area, copropiedad, _ in counts}
    return [
        RenewalFigures(
            area=area,
            copropiedad=copropiedad,
            renewed=counts[area, copropiedad, True],
            ended=counts[area, copropiedad, False],
        )
        for area, copropiedad in sorted(groups, key=lambda group: (group[0] or "", group[1] or ""))
    ]


def together(figures: Iterable[RenewalFigures]) -> RenewalFigures:
    """Add up figures of different areas and places."""
    renewed, ended = 0, 0
    for each in figures:
        renewed, ended = renewed + each.renewed, ended + each.ended
    return RenewalFigures(renewed=renewed, ended=ended)
