"""Prometheus gauges of the hub's health and reach, read from SQL: any process exposes all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from hub.business_time.dates import last_instant
from hub.health.incidents import KINDS, kind_of, known
from hub.model.reach import PlaceReach
from hub.resilience.database_time import NOW
from hub.sla.renewals import renewals
from hub.storage import PostgresMonitor, PostgresReach
from hub.web.monitoring.remembered import Remembered

_FRESH: Final = 5.0  # seconds
_SHOWN: Final = 500
_YEAR: Final = timedelta(days=365)
"""Contracts with clients run for a year, mostly: a shorter time would show the season."""

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
        self._known: Remembered[None, Sequence[Metric]] = Remembered(fresh=_FRESH)

    async def get(self) -> Sequence[Metric]:
        """Return the gauges. May raise Unavailable."""
        return await self._known.get(None, self._read)

    async def _read(self) -> Sequence[Metric]:
        return [*[await read(self._log) for read in _READERS], *await _webhooks(self._log)]


def gauge_of(
    name: str, words: str, labels: Sequence[str] = (), values: Iterable[tuple[Sequence[str], float]] = ()
) -> Metric:
    """Return a gauge with its values, each beside its labels."""
    gauge = GaugeMetricFamily(name, words, labels=labels)
    for of, value in values:
        gauge.add_metric(of, value)
    return gauge


async def _incidents(log: PostgresMonitor) -> Metric:
    shown = known(await log.incidents(_SHOWN))
    open_ones = Counter(kind_of(incident.key).name for incident in shown if incident.resolved_at is None)
    values = (([kind.name], open_ones[kind.name]) for kind in KINDS)
    return gauge_of("hub_incidents", "open incidents of the hub itself", ["kind"], values)


async def _oldest(log: PostgresMonitor) -> Metric:
    words = "how long the oldest message waits that nothing holds back"
    values = ((queue, age.total_seconds()) for queue, age in (await log.oldest_waiting()).items())
    return gauge_of("hub_oldest_queued_seconds", words, ["channel", "lane"], values)


async def _audit(log: PostgresMonitor) -> Metric:
    age = await log.audit_age()
    values = [] if age is None else [((), age.total_seconds())]
    return gauge_of("hub_audit_age_seconds", "since the last audit that came to its end", values=values)


async def _promises(log: PostgresMonitor) -> Metric:
    words = "promises that have not ended: open, at_risk or breached"
    counted = (await log.promises()).items()
    values = (([name, str(level), state], number) for (name, level, state), number in counted)
    return gauge_of("hub_promises", words, ["name", "level", "state"], values)


async def _unread(log: PostgresMonitor) -> Metric:
    words = "what lies unread in people's inboxes, 10,000 at most"
    return gauge_of("hub_inbox_unread", words, values=[((), await log.unread())])


async def _webhooks(log: PostgresMonitor) -> Sequence[Metric]:
    figures = await log.webhook_figures()
    states = [(["on"], figures.on), (["failing"], figures.failing), (["off"], figures.off)]
    oldest = [((), figures.oldest.total_seconds())]
    return (
        gauge_of("hub_webhooks", "webhooks: on, failing or off", ["state"], states),
        gauge_of(
            "hub_webhook_events", "results that wait for webhooks that are on", values=[((), figures.waiting)]
        ),
        gauge_of("hub_webhook_oldest_seconds", "how long the oldest of them waits", values=oldest),
    )


async def _contracts(log: PostgresMonitor) -> Metric:
    words = "contracts with clients that were renewed or ended in the last 365 days"
    values = (
        ([of.area or "", of.copropiedad or "", outcome], number)
        for of in renewals(await log.contract_decisions(_YEAR))
        for outcome, number in (("renewed", of.renewed), ("ended", of.ended))
    )
    return gauge_of("hub_contracts_decided", words, ["area", "copropiedad", "outcome"], values)


async def _held(log: PostgresMonitor) -> Metric:
    found = await log.held()
    shown = Counter({reason: found.get(reason, 0) for reason in HELD})
    shown[_OTHER] += sum(number for reason, number in found.items() if reason not in HELD)
    values = (([reason], number) for reason, number in shown.items())
    return gauge_of("hub_held_messages", "messages that wait until later, by why", ["reason"], values)


async def _exclusions(log: PostgresMonitor) -> Metric:
    words = "since the end of the day of which the list of excluded numbers is"
    loaded = await log.exclusion_list()
    ended = [] if loaded is None else [last_instant(loaded.list_date.isoformat())]
    ages = [((), max(0.0, (NOW() - at).total_seconds())) for at in ended]
    return gauge_of("hub_exclusions_age_seconds", words, values=ages)


_READERS: Final = (_incidents, _oldest, _audit, _promises, _unread, _contracts, _held, _exclusions)


NAME: Final = "hub_reachable_units_ratio"
ALL: Final = "all"
PLACES: Final = 500
"""Copropiedades with a figure of their own, those with the most unreachable units: labels are bounded."""
_REACH_GAUGES_FRESH: Final = 3600.0
"""Seconds: the statement reads all units, and a directory changes some of them a day."""


class ReachGauges:
    """The gauge, cached for an hour."""

    def __init__(self, store: PostgresReach) -> None:
        self._store = store
        self._known: Remembered[None, Sequence[Metric]] = Remembered(fresh=_REACH_GAUGES_FRESH)

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
