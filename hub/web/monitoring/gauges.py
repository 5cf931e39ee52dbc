"""Prometheus gauges of the hub's health, read from SQL, so that any process exposes all of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from hub.business_time.dates import last_instant
from hub.health.incidents import KINDS, kind_of, known
from hub.resilience.database_time import NOW
from hub.sla.renewals import renewals
from hub.storage import PostgresMonitor

_FRESH: Final = 5.0  # seconds
_SHARE: Final = 20
"""Figures stay so many times as long as reading them took: a million live clocks must not keep SQL busy."""
_SHOWN: Final = 500
_YEAR: Final = timedelta(days=365)
"""Contracts with clients run for a year, mostly: a shorter time would show the season."""

GAUGE_NAMES: Final = (
    "hub_incidents",
    "hub_oldest_queued_seconds",
    "hub_audit_age_seconds",
    "hub_promises",
    "hub_inbox_unread",
    "hub_webhooks",
    "hub_webhook_events",
    "hub_webhook_oldest_seconds",
    "hub_contracts_decided",
    "hub_held_messages",
    "hub_exclusions_age_seconds",
)

HELD: Final = (
    *("scheduled", "paused", "throttled", "document"),
    *("contact_hours", "quiet_hours", "working_hours", "contact_limit", "register"),
    *("digest", "in_digest"),
)
"""Reasons for which messages are held until later. Another one is counted as `other`: labels must be few."""
_OTHER: Final = "other"


class Figures:
    """The gauges, cached for five seconds or longer."""

    def __init__(self, log: PostgresMonitor) -> None:
        self._log = log
        self._metrics: Sequence[Metric] = ()
        self._stale_at = 0.0
        self._asking = asyncio.Lock()

    async def get(self) -> Sequence[Metric]:
        """Return the gauges. May raise Unavailable."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if now >= self._stale_at:
                own = [await read(self._log) for read in _READERS]
                self._metrics = [*own, *await _webhooks(self._log)]
                took = asyncio.get_running_loop().time() - now
                self._stale_at = now + took + max(_FRESH, _SHARE * took)
            return self._metrics


async def _incidents(log: PostgresMonitor) -> Metric:
    gauge = GaugeMetricFamily("hub_incidents", "open incidents of the hub itself", labels=["kind"])
    shown = known(await log.incidents(_SHOWN))
    open_incidents = Counter(kind_of(incident.key).name for incident in shown if incident.resolved_at is None)
    for kind in KINDS:
        gauge.add_metric([kind.name], open_incidents[kind.name])
    return gauge


async def _oldest(log: PostgresMonitor) -> Metric:
    words = "how long the oldest message waits that nothing holds back"
    gauge = GaugeMetricFamily("hub_oldest_queued_seconds", words, labels=["channel", "lane"])
    for (channel, lane), age in (await log.oldest_waiting()).items():
        gauge.add_metric([channel, lane], age.total_seconds())
    return gauge


async def _audit(log: PostgresMonitor) -> Metric:
    gauge = GaugeMetricFamily("hub_audit_age_seconds", "since the last audit that came to its end")
    age = await log.audit_age()
    if age is not None:
        gauge.add_metric([], age.total_seconds())
    return gauge


async def _promises(log: PostgresMonitor) -> Metric:
    words = "promises that have not ended: open, at_risk or breached"
    gauge = GaugeMetricFamily("hub_promises", words, labels=["name", "level", "state"])
    for (name, level, state), number in (await log.promises()).items():
        gauge.add_metric([name, str(level), state], number)
    return gauge


async def _unread(log: PostgresMonitor) -> Metric:
    gauge = GaugeMetricFamily("hub_inbox_unread", "what lies unread in people's inboxes, 10,000 at most")
    gauge.add_metric([], await log.unread())
    return gauge


async def _webhooks(log: PostgresMonitor) -> Sequence[Metric]:
    figures = await log.webhook_figures()
    states = GaugeMetricFamily("hub_webhooks", "webhooks: on, failing or off", labels=["state"])
    for state, number in (("on", figures.on), ("failing", figures.failing), ("off", figures.off)):
        states.add_metric([state], number)
    waiting = GaugeMetricFamily("hub_webhook_events", "results that wait for webhooks that are on")
    waiting.add_metric([], figures.waiting)
    oldest = GaugeMetricFamily("hub_webhook_oldest_seconds", "how long the oldest of them waits")
    oldest.add_metric([], figures.oldest.total_seconds())
    return states, waiting, oldest


async def _contracts(log: PostgresMonitor) -> Metric:
    words = "contracts with clients that were renewed or ended in the last 365 days"
    gauge = GaugeMetricFamily("hub_contracts_decided", words, labels=["area", "copropiedad", "outcome"])
    for figures in renewals(await log.contract_decisions(_YEAR)):
        place = figures.area or "", figures.copropiedad or ""
        gauge.add_metric([*place, "renewed"], figures.renewed)
        gauge.add_metric([*place, "ended"], figures.ended)
    return gauge


async def _held(log: PostgresMonitor) -> Metric:
    gauge = GaugeMetricFamily(
        "hub_held_messages", "messages that wait until later, by why", labels=["reason"]
    )
    found = await log.held()
    shown = Counter({reason: found.get(reason, 0) for reason in HELD})
    shown[_OTHER] += sum(number for reason, number in found.items() if reason not in HELD)
    for reason, number in shown.items():
        gauge.add_metric([reason], number)
    return gauge


async def _exclusions(log: PostgresMonitor) -> Metric:
    words = "since the end of the day of which the list of excluded numbers is"
    gauge = GaugeMetricFamily("hub_exclusions_age_seconds", words)
    if (loaded := await log.exclusion_list()) is not None:
        ended = last_instant(loaded.list_date.isoformat())
        gauge.add_metric([], max(0.0, (NOW() - ended).total_seconds()))
    return gauge


_READERS: Final = (_incidents, _oldest, _audit, _promises, _unread, _contracts, _held, _exclusions)
