"""The Prometheus gauge of the units that can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from prometheus_client import Metric

from hub.model.reach import PlaceReach
from hub.storage import PostgresReach
from hub.web.monitoring.gauges import gauge_of
from hub.web.monitoring.remembered import Remembered

NAME: Final = "hub_reachable_units_ratio"
ALL: Final = "all"
PLACES: Final = 500
"""Copropiedades with a figure of their own, those with the most unreachable units: labels are bounded."""
_FRESH: Final = 3600.0
"""Seconds: the statement reads all units, and a directory changes some of them a day."""


class ReachGauges:
    """The gauge, cached for an hour."""

    def __init__(self, store: PostgresReach) -> None:
        self._store = store
        self._known: Remembered[None, Sequence[Metric]] = Remembered(fresh=_FRESH)

    async def get(self) -> Sequence[Metric]:
        """Return the gauge. May raise Unavailable."""
        return await self._known.get(None, self._read)

    async def _read(self) -> Sequence[Metric]:
        return [_gauge(await self._store.by_place())]


def _gauge(places: Sequence[PlaceReach]) -> Metric:
    words = "share of the units of which somebody has a verified contact, of all and of each copropiedad"
    units = sum(place.units for place in places)
    whole = [([ALL], sum(place.reachable for place in places) / units)] if units else []
    each = [([place.copropiedad_id], place.reachable / place.units) for place in places[:PLACES]]
    return gauge_of(NAME, words, ["copropiedad"], [*whole, *each])
