"""The circuits of providers: changes go to the log, states to Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import structlog
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hub.resilience.breaker import Breakers, Circuit

METRIC: Final = "hub_provider_circuit"

log = structlog.get_logger()


def report(provider: str, channel: str, circuit: Circuit) -> None:
    """Log a change; an open circuit is a warning."""
    level = log.warning if circuit is Circuit.OPEN else log.info
    level("provider.circuit", provider=provider, channel=channel, circuit=circuit.name.lower())


class Circuits(Collector):
    """`hub_provider_circuit{channel, provider}`: 0 closed, 1 half-open, 2 open, as this process sees it."""

    def __init__(self, breakers: Breakers) -> None:
        self._breakers = breakers

    def collect(self) -> Iterator[Metric]:
        gauge = GaugeMetricFamily(
            METRIC,
            "whether this process asks a provider: 0 closed, 1 half-open, 2 open",
            labels=["channel", "provider"],
        )
        for (channel, provider), circuit in self._breakers.states().items():
            gauge.add_metric([channel, provider], circuit)
        yield gauge
