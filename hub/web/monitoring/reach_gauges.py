"""The Prometheus gauge of the units that can be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from hub.model.reach import PlaceReach
from hub.ports import ReachStore

NAME: Final = "hub_reachable_units_ratio"
ALL: Final = "all"
PLACES: Final = 500
"""Copropiedades with a figure of their own, those with the most unreachable units: labels are bounded."""
_FRESH: Final = 3600.0
"""Seconds: the statement reads all units, and a directory changes some of them a day."""


class ReachGauges:
    """The gauge, cached for an hour."""

    def __init__(self, store: ReachStore) -> None:
        self._store = store
        self._metrics: Sequence[Metric] = ()
        self._stale_at = 0.0
        self._asking = asyncio.Lock()

    async def get(self) -> Sequence[Metric]:
        """Return the gauge. May raise Unavailable."""
        async with self._asking:
            at = asyncio.get_running_loop().time()
            if at >= self._stale_at:
                self._metrics = [_gauge(await self._store.by_place())]
                self._stale_at = at + _FRESH
            return self._metrics


def _gauge(places: Sequence[PlaceReach]) -> Metric:
    words = "share of the units of which somebody has a verified contact, of all and of each copropiedad"
    gauge = GaugeMetricFamily(NAME, words, labels=["copropiedad"])
    if units := sum(place.units for place in places):
        gauge.add_metric([ALL], sum(place.reachable for place in places) / units)
    for place in places[:PLACES]:
        gauge.add_metric([place.copropiedad_id], place.reachable / place.units)
    return gauge
