"""Health, and `GET /metrics`: the metrics of this process, and counts of the live rows, by state."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from aiohttp import hdrs, web
from msgspec import UNSET
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from hub.errors import Unavailable
from hub.tasks import reraise_if_cancelled
from hub.web.monitoring.remembered import Counts
from hub.web.responses import json_answer
from hub.web.schemas.common import Health
from hub.web.services import monitoring

_NAMES: Final = {"messages": "hub_messages", "clocks": "hub_clocks", "dead": "hub_dead_letters"}


async def show(request: web.Request) -> web.Response:
    """Respond in Prometheus' text format. Without the database the process's own metrics remain."""
    asked = monitoring(request)
    counts: Counts = {}
    figures: Sequence[Metric] = ()
    with suppress(Unavailable):
        counts = await asked.counts.live()
        figures = [*await asked.gauges.get(), *await asked.surveys.get(), *await asked.reach.get()]
    return web.Response(
        body=generate_latest(_Scrape(asked.registry, counts, figures)),
        headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST},
    )


class _Scrape(CollectorRegistry):
    """One scrape: the process's registry, and the gauges read from SQL."""

    def __init__(self, own: CollectorRegistry, counts: Counts, figures: Sequence[Metric]) -> None:
        super().__init__(auto_describe=False)
        self._own = own
        self._counts = counts
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        yield from self._own.collect()
        yield from self._figures
        for noun, by_state in self._counts.items():
            name = _NAMES.get(noun, f"hub_{noun}")
            gauge = GaugeMetricFamily(name, f"{noun} that have not ended, by state", labels=["state"])
            for state, count in by_state.items():
                gauge.add_metric([state], count)
            yield gauge


_PATIENCE: Final = 3.0  # seconds


async def live(_request: web.Request) -> web.Response:
    """Report that the process answers, and nothing else: it is open to everybody."""
    return json_answer(Health(status="ok"))


async def ready(request: web.Request) -> web.Response:
    """Report whether every server answers, and whether everything is paused: then nothing leaves."""
    try:
        async with asyncio.timeout(_PATIENCE):
            servers = await monitoring(request).ready()
            paused = await _is_paused(request)
    except TimeoutError:
        return json_answer(Health(status="unknown", servers={}), status=503)
    well = all(servers.values())
    body = Health(
        status="ok" if well else "not ready",
        servers={name: "ok" if answers else "not ok" for name, answers in servers.items()},
        paused=paused or UNSET,
    )
    return json_answer(body, status=200 if well else 503)


async def _is_paused(request: web.Request) -> bool:
    try:
        return await monitoring(request).paused()
    except Unavailable:
        # Its server is named in the answer.
        reraise_if_cancelled()
        return False
