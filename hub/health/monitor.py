"""
WATCH: the hub looks at itself, and tells staff with the duty `ops` what is wrong, once, and when it is over.

Each symptom is a row first, then an event (deterministic id, confirmed), then the row says that it
was told: a crash anywhere repeats the same id. Any number of processes may watch: all of them see,
the database's unique index and its clock decide. What could not be looked at neither begins nor ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from hub.errors import HubError, Unavailable
from hub.health import incidents
from hub.model import Remaining, Symptom
from hub.policy.monitoring import MonitorPolicy
from hub.ports import MonitorStore, Now, Publisher, Queues
from hub.tasks import reraise_if_cancelled

LOOK_TIMEOUT: Final = 10.0
"""Seconds for one look: a server that hangs must not blind the watch for the rest."""

log = structlog.get_logger()

Clock = Callable[[], Awaitable[datetime]]
"""Asks a server for its time; may raise Unavailable."""


@dataclass(slots=True, kw_only=True)
class Monitor:
    """What watching needs. `host` is this machine's name; `company` its address of last resort."""

    store: MonitorStore
    publisher: Publisher
    queues: Queues
    answers: Callable[[], Awaitable[Mapping[str, bool]]]
    clocks: Mapping[str, Clock]
    balances: Callable[[], Awaitable[Sequence[Remaining]]]
    now: Now
    policy: MonitorPolicy
    host: str
    company: str
    began_at: datetime = field(init=False)
    well: bool = field(init=False, default=False)
    """Whether the last pass found that the audit goes on and every server answers."""
    before: Collection[str] = field(init=False, default=())
    """The keys of the symptoms of the last pass."""
    funds: dict[str, Remaining] = field(init=False, default_factory=dict)
    """What each provider last said of its money."""
    funds_until: datetime | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.began_at = self.now()


async def run(monitor: Monitor) -> None:
    """Watch until cancelled. No failure ends it: who watches must not be what breaks the hub."""
    while True:
        try:
            await look_and_tell(monitor)
        except Unavailable as exc:
            reraise_if_cancelled()
            monitor.well = False
            log.warning("watch.blind", error=str(exc))
        except Exception:
            reraise_if_cancelled()
            monitor.well = False
            log.exception("watch.broken")
        await asyncio.sleep(monitor.policy.interval.total_seconds())


async def look_and_tell(monitor: Monitor) -> None:
    """Look at everything once, write what is found, tell what is new."""
    symptoms, seen = await look_around(monitor)
    monitor.well = {"auditor", "server"} <= seen and not any(
        symptom.key.partition(":")[0] in {"auditor", "server"} for symptom in symptoms
    )
    await monitor.store.see(incidents.believed(symptoms, monitor.before))
    monitor.before = {symptom.key for symptom in symptoms}
    await monitor.store.resolve(sorted(seen), monitor.policy.clear_after)
    await tell(monitor)


async def look_around(monitor: Monitor) -> tuple[list[Symptom], set[str]]:
    """Answer the symptoms, and the kinds of incident that could be looked for."""
    symptoms: list[Symptom] = []
    seen: set[str] = set()
    for kind, look in LOOKS.items():
        try:
            async with asyncio.timeout(LOOK_TIMEOUT):
                symptoms += await look(monitor)
        except (HubError, TimeoutError) as exc:
            reraise_if_cancelled()
            log.warning("watch.cannot_look", kind=kind, error=str(exc) or type(exc).__name__)
        else:
            seen.add(kind)
    return symptoms, seen


async def tell(monitor: Monitor) -> None:
    """Publish what has not been told yet: an end never before its begin."""
    while untold := incidents.known(await monitor.store.untold()):
        notify = await _notify(monitor)
        for incident in untold:
            event = incidents.event_of(incident, notify=notify, now=monitor.now())
            await monitor.publisher.event(event)
            await monitor.store.mark_told(incident)
            log.warning("watch.told", event_name=event.name, key=incident.key, measured=incident.measured)


async def _notify(monitor: Monitor) -> Sequence[str]:
    if monitor.policy.notify or await monitor.store.anybody_on_duty():
        return monitor.policy.notify
    log.error(
        "watch.nobody_on_duty", to_do="give somebody of the staff the duty ops, or set [monitor] notify"
    )
    return [monitor.company]


async def _circuits(monitor: Monitor) -> Sequence[Symptom]:
    return list(incidents.of_circuits(await monitor.store.open_circuits(monitor.policy.heartbeat_max_age)))


async def _ages(monitor: Monitor) -> Sequence[Symptom]:
    return list(incidents.of_ages(await monitor.store.oldest_waiting(), monitor.policy))


async def _unattended(monitor: Monitor) -> Sequence[Symptom]:
    return list(incidents.of_queues(await monitor.queues.unattended()))


async def _letters(monitor: Monitor) -> Sequence[Symptom]:
    opened, lately = await monitor.store.open_letters(monitor.policy.dead_letter_window)
    return list(incidents.of_letters(opened, lately, monitor.policy))


async def _audit(monitor: Monitor) -> Sequence[Symptom]:
    age = await monitor.store.audit_age()
    # Before the first audit there ever was: it has as long as any other, from our own start.
    return list(incidents.of_audit(monitor.now() - monitor.began_at if age is None else age, monitor.policy))


async def _balances(monitor: Monitor) -> Sequence[Symptom]:
    """Ask the providers at most every `balance_interval`; meanwhile what they said last counts."""
    now = monitor.now()
    if monitor.funds_until is None or now >= monitor.funds_until:
        monitor.funds_until = now + monitor.policy.balance_interval
        monitor.funds |= {balance.place: balance for balance in await monitor.balances()}
    return [
        symptom for fund in monitor.funds.values() for symptom in incidents.of_balance(fund, monitor.policy)
    ]


async def _skew(monitor: Monitor) -> Sequence[Symptom]:
    found: list[Symptom] = []
    for server, clock in monitor.clocks.items():
        before = monitor.now()
        there = await clock()
        after = monitor.now()
        # The answer was made somewhere between: only what lies outside both is apart.
        apart = max(before - there, there - after, timedelta(0))
        found += incidents.of_clock(monitor.host, server, apart, monitor.policy)
    return found


async def _servers(monitor: Monitor) -> Sequence[Symptom]:
    return list(incidents.of_servers(await monitor.answers()))


LOOKS: Final[Mapping[str, Callable[[Monitor], Awaitable[Sequence[Symptom]]]]] = {
    "circuit": _circuits,
    "queue_age": _ages,
    "unattended": _unattended,
    "dead_letters": _letters,
    "auditor": _audit,
    "balance": _balances,
    "skew": _skew,
    "server": _servers,
}
"""Kind of incident → what looks for it."""
