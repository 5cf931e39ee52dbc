"""The renewal rate, calculated by hand."""

from __future__ import annotations

from hub.model.contracts import ContractDecision
from hub.sla.renewals import renewals, together


def decision(
    case: str, outcome: str, area: str | None = "administracion", copropiedad: str | None = "ph-1"
) -> ContractDecision:
    return ContractDecision(case=case, renewed=outcome == "renewed", area=area, copropiedad=copropiedad)


YEAR = [
    decision("a", "renewed"),
    decision("b", "ended"),
    decision("c", "renewed", copropiedad="ph-2"),
    # Renewed in January, ended early in November: lost.
    decision("d", "renewed", area="aseo"),
    decision("d", "ended", area="aseo"),
    decision("e", "renewed", area="aseo", copropiedad=None),
    # Renewed twice, or published twice: one contract.
    decision("f", "renewed", copropiedad="ph-2"),
    decision("f", "renewed", copropiedad="ph-2"),
]


def test_renewal_rate_counts_each_contract_once_by_its_last_event() -> None:
    total = together(renewals(YEAR))

    # a, c, e and f of a, b, c, d, e and f.
    assert (4, 2, round(4 / 6, 4)) == (total.renewed, total.ended, total.share)


def test_renewal_rate_is_counted_by_area_and_copropiedad() -> None:
    assert [
        ("administracion", "ph-1", 1, 1, 0.5),
        ("administracion", "ph-2", 2, 0, 1.0),
        ("aseo", None, 1, 0, 1.0),
        ("aseo", "ph-1", 0, 1, 0.0),
    ] == [(of.area, of.copropiedad, of.renewed, of.ended, of.share) for of in renewals(YEAR)]


def test_a_contract_that_comes_back_is_renewed() -> None:
    [figures] = renewals([decision("a", "ended"), decision("a", "renewed")])

    assert (1, 0) == (figures.renewed, figures.ended)


def test_without_decisions_there_is_no_rate() -> None:
    assert [] == renewals([])
    assert None is together([]).share
