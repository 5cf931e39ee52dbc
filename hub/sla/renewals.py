"""
The renewal rate (the company's policy, 8.2). Pure.

It is the share of renewals among the contracts that were renewed or ended in a period. A contract counts
once: its last event decides, so one that was renewed and then ended early is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from hub.model.contracts import ContractDecision
from hub.sla.indicator_rows import RenewalRate, RenewalShare, share


def renewals(decisions: Iterable[ContractDecision]) -> list[RenewalShare]:
    """Count the contracts of these decisions, which are in the order of their time, by area and place."""
    last = {decision.case: decision for decision in decisions}.values()
    counts = Counter((each.area, each.copropiedad, each.renewed) for each in last)
    groups = {(area, copropiedad) for area, copropiedad, _ in counts}
    return [
        _share_of(area, copropiedad, counts[area, copropiedad, True], counts[area, copropiedad, False])
        for area, copropiedad in sorted(groups, key=lambda group: (group[0] or "", group[1] or ""))
    ]


def _share_of(area: str | None, copropiedad: str | None, renewed: int, ended: int) -> RenewalShare:
    rate = share(renewed, renewed + ended)
    return RenewalShare(area=area, copropiedad=copropiedad, renewed=renewed, ended=ended, share=rate)


def together(groups: Sequence[RenewalShare]) -> RenewalRate:
    """Add up the contracts of different areas and places."""
    renewed, ended = sum(each.renewed for each in groups), sum(each.ended for each in groups)
    return RenewalRate(renewed=renewed, ended=ended, share=share(renewed, renewed + ended), by=list(groups))
