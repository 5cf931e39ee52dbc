"""Outcomes of contracts, from the events of their cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hub.catalog.contracts import CASE, ENDED, REALM, RENEWED
from hub.model import Period, PropertyScope, type_of
from hub.model.contracts import ContractDecision
from hub.model.ids import earliest
from hub.storage.database import Runner, load, read
from hub.storage.filters import listed

_SQL = load("contracts")
_CASES: Final = f"{REALM}{CASE}:", f"{REALM}{CASE};"
"""The cases of contracts are a range of the index: `;` is the character after `:`."""


async def decisions(
    run: Runner, period: Period, *, area: str | None = None, places: PropertyScope = None
) -> Sequence[ContractDecision]:
    """Return which contracts were renewed or ended in the period, in the order of time."""
    types = type_of(RENEWED), type_of(ENDED)
    keys = earliest(period.since), earliest(period.until)
    rows = await run.rows(
        _SQL["decisions"], *_CASES, *types, *keys, period.since, period.until, area, listed(places)
    )
    return [read(ContractDecision, row) for row in rows]
