"""
Prometheus counters and histograms for hot paths: to count costs no call, or one for many values.

prometheus_client's own take up to twenty Python calls and a lock for each value. These belong to the event
loop of the process, which is also where they are read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import REGISTRY, Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry


class Tally(Collector):
    """A counter. Whoever counts adds to `found`, a number for each tuple of labels."""

    def __init__(
        self, name: str, words: str, labels: Sequence[str], *, registry: CollectorRegistry = REGISTRY
    ) -> None:
        self.name = name
        self.found: dict[tuple[str, ...], int] = {}
        self._words, self._labels = words, tuple(labels)
        registry.register(self)

    def begin(self, labels: tuple[str, ...]) -> None:
        """Show a zero, so that the first one counted is an increase."""
        self.found.setdefault(labels, 0)

    def describe(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self.name, self._words, labels=self._labels)

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(self.name, self._words, labels=self._labels)
        for labels, number in self.found.items():
            family.add_metric(labels, number)
        yield family


class Histogram(Collector):
    """Counts values up to each of the `bounds`, in ascending order, by `labels`."""

    def __init__(
        self,
        name: str,
        words: str,
        labels: Sequence[str],
        bounds: Sequence[float],
        *,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        self.name = name
        self._words, self._labels = words, tuple(labels)
        self._bounds = tuple(bounds)
        self._les = [*map(str, map(float, bounds)), "+Inf"]
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}
        registry.register(self)

    def observe(self, labels: tuple[str, ...], values: Iterable[float]) -> None:
        """Count these values; one below zero counts as zero. Without values, show a zero."""
        bounds, counts = self._bounds, self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = [0] * len(self._les)
        total = self._sums.get(labels, 0.0)
        for value in values:
            counts[bisect_left(bounds, value)] += 1
            total += max(value, 0.0)
        self._sums[labels] = total

    def describe(self) -> Iterator[Metric]:
        yield HistogramMetricFamily(self.name, self._words, labels=self._labels)

    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(self.name, self._words, labels=self._labels)
        for labels, counts in self._counts.items():
            buckets = list(zip(self._les, map(float, accumulate(counts)), strict=True))
            family.add_metric(labels, buckets, self._sums[labels])
        yield family
