"""
WATCH: check the hub's own health; notify staff with the duty `ops` once of each incident and of its end.

Each symptom is first stored as a row, then published as an event (deterministic id, confirmed), then
marked as published: a crash anywhere repeats the same id. Any number of processes may watch: the
database's unique index and clock decide. A check that fails neither begins nor ends an incident.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from hub.business_time.dates import ZONE
from hub.errors import HubError, Unavailable
from hub.health import incidents
from hub.health.symptoms import (
    is_expected,
    of_ages,
    of_audit,
    of_balance,
    of_circuits,
    of_clock,
    of_document_hosts,
    of_excess,
    of_gaps,
    of_late_webhooks,
    of_letters,
    of_old_exclusions,
    of_queues,
    of_servers,
    of_unknown_codes,
    of_unrecognised,
    of_waiting_advertising,
    of_webhooks,
    of_wrong_senders,
)
from hub.model import Remaining, Symptom
from hub.model.exclusions import REGISTER
from hub.policy.limits import ExclusionPolicy
from hub.policy.monitoring import MonitorPolicy
from hub.ports import MonitorStore, Now, Publisher, Queues
from hub.tasks import reraise_if_cancelled

CHECK_TIMEOUT: Final = 10.0
"""Seconds for one check: a server that hangs must not stop the other checks."""
LATELY: Final = timedelta(hours=1)
"""Unrecognised messages are counted over this time: a false message is answered within the hour."""

log = structlog.get_logger()

Clock = Callable[[], Awaitable[datetime]]
"""Returns a server's time; may raise Unavailable."""


@dataclass(slots=True, kw_only=True)
class Monitor:
    """
    Dependencies and state of the monitor.

    `now` is the database's time.
    """

    store: MonitorStore
    publisher: Publisher
    queues: Queues
    answers: Callable[[], Awaitable[Mapping[str, bool]]]
    clocks: Mapping[str, Clock]
    balances: Callable[[], Awaitable[Sequence[Remaining]]]
    now: Now
    policy: MonitorPolicy
    exclusions: ExclusionPolicy
    began_at: datetime = field(init=False)
    well: bool = field(init=False, default=False)
    """Whether in the last pass the audit was running and every server answered."""
    before: Collection[str] = field(init=False, default=())
    """The keys of the symptoms of the last pass."""
    funds: dict[str, Remaining] = field(init=False, default_factory=dict)
    """The last known balance of each provider."""
    funds_until: datetime | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.began_at = self.now()


async def run(monitor: Monitor) -> None:
    """Watch until cancelled. No failure ends it: the monitor must not break the hub."""
    while True:
        try:
            await check_and_notify(monitor)
        except Unavailable as exc:
            reraise_if_cancelled()
            monitor.well = False
            log.warning("monitor.blind", error=str(exc))
        except Exception:
            reraise_if_cancelled()
            monitor.well = False
            log.exception("monitor.broken")
        await asyncio.sleep(monitor.policy.interval.total_seconds())


async def check_and_notify(monitor: Monitor) -> None:
    """Run all checks once, store the symptoms, publish what is new."""
    symptoms, seen = await collect_symptoms(monitor)
    monitor.well = {"auditor", "server"} <= seen and not any(
        symptom.key.partition(":")[0] in {"auditor", "server"} for symptom in symptoms
    )
    stops = await monitor.store.planned_stops()
    # The last audit may be of yesterday, before all of the hub was stopped: a young process has missed none.
    young = monitor.now() - monitor.began_at <= monitor.policy.audit_max_age
    waits = {"auditor"} if young else set()
    expected = [one for one in symptoms if one.key in waits or is_expected(one.key, stops)]
    counted = incidents.confirmed(symptoms, monitor.before)
    await monitor.store.see([symptom for symptom in counted if symptom not in expected])
    monitor.before = {symptom.key for symptom in symptoms}
    # What a planned stop explains neither begins an incident nor ends one.
    waiting = {incidents.kind_of(symptom.key).name for symptom in expected}
    await monitor.store.resolve(sorted(seen - waiting), monitor.policy.clear_after)
    await publish_incidents(monitor)


async def collect_symptoms(monitor: Monitor) -> tuple[list[Symptom], set[str]]:
    """Return the symptoms, and the kinds of incident whose check succeeded."""
    symptoms: list[Symptom] = []
    seen: set[str] = set()
    for kind, check in CHECKS.items():
        try:
            async with asyncio.timeout(CHECK_TIMEOUT):
                symptoms += await check(monitor)
        except (HubError, TimeoutError) as exc:
            reraise_if_cancelled()
            log.warning("monitor.check_failed", kind=kind, error=str(exc) or type(exc).__name__)
        else:
            seen.add(kind)
    return symptoms, seen


async def publish_incidents(monitor: Monitor) -> None:
    """Publish begins and ends that are not published yet, a begin always before its end."""
    while unpublished := incidents.known(await monitor.store.unpublished()):
        await _warn_if_nobody_is_on_duty(monitor)
        for incident in unpublished:
            event = incidents.event_of(incident, now=monitor.now())
            await monitor.publisher.event(event)
            await monitor.store.mark_published(incident)
            log.warning(
                "monitor.notified",
                event_id=event.id,
                event_name=event.name,
                key=incident.key,
                measured=incident.measured,
            )


async def _warn_if_nobody_is_on_duty(monitor: Monitor) -> None:
    if not (monitor.policy.notify or await monitor.store.anybody_on_duty()):
        log.error(
            "monitor.nobody_on_duty", to_do="give somebody of the staff the duty ops, or set [monitor] notify"
        )


async def _circuits(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_circuits(await monitor.store.open_circuits(monitor.policy.heartbeat_max_age)))


async def _document_hosts(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_document_hosts(await monitor.store.open_circuits(monitor.policy.heartbeat_max_age)))


async def _ages(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_ages(await monitor.store.oldest_waiting(), monitor.policy))


async def _unattended(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_queues(await monitor.queues.unattended()))


async def _letters(monitor: Monitor) -> Sequence[Symptom]:
    opened, lately = await monitor.store.open_letters(monitor.policy.dead_letter_window)
    return list(of_letters(opened, lately, monitor.policy))


async def _wrong_senders(monitor: Monitor) -> Sequence[Symptom]:
    found = await monitor.store.wrong_senders(monitor.policy.dead_letter_window)
    return list(of_wrong_senders(found))


async def _audit(monitor: Monitor) -> Sequence[Symptom]:
    age = await monitor.store.audit_age()
    # Before the first audit ever: count from our own start, so it has as long as any other.
    return list(of_audit(monitor.now() - monitor.began_at if age is None else age, monitor.policy))


async def _balances(monitor: Monitor) -> Sequence[Symptom]:
    """Ask the providers at most every `balance_interval`; in between, use their last answers."""
    now = monitor.now()
    if monitor.funds_until is None or now >= monitor.funds_until:
        monitor.funds_until = now + monitor.policy.balance_interval
        monitor.funds |= {balance.place: balance for balance in await monitor.balances()}
    return [symptom for fund in monitor.funds.values() for symptom in of_balance(fund, monitor.policy)]


async def _skew(monitor: Monitor) -> Sequence[Symptom]:
    """Judge the clocks that the processes reported, and those of other servers."""
    policy = monitor.policy
    offsets = await monitor.store.clock_offsets(policy.heartbeat_max_age)
    symptoms = [symptom for host, apart in offsets.items() for symptom in of_clock(host, apart, policy)]
    for server, clock in monitor.clocks.items():
        before = monitor.now()
        server_time = await clock()
        after = monitor.now()
        # The server answered between `before` and `after`: only a time outside both is skew.
        apart = max(before - server_time, server_time - after, timedelta(0))
        symptoms += of_clock(server, apart, policy)
    return symptoms


async def _gaps(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_gaps(await monitor.store.gaps(monitor.policy.heartbeat_max_age)))


async def _excess(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_excess(await monitor.store.excess(monitor.policy.heartbeat_max_age)))


async def _webhooks(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_webhooks(await monitor.store.webhooks_off()))


async def _webhook_ages(monitor: Monitor) -> Sequence[Symptom]:
    late = await monitor.store.webhooks_late(monitor.policy.webhook_max_age)
    return list(of_late_webhooks(late))


async def _exclusions(monitor: Monitor) -> Sequence[Symptom]:
    loaded = await monitor.store.exclusion_list()
    return list(of_old_exclusions(loaded, monitor.now().astimezone(ZONE).date(), monitor.exclusions))


async def _register(monitor: Monitor) -> Sequence[Symptom]:
    rules, loaded = monitor.exclusions, await monitor.store.exclusion_list()
    if loaded is not None and loaded.loaded_at > monitor.now() - rules.look_again:
        # What still waits leaves by itself when it looks again.
        return []
    held = await monitor.store.held(rules.look_again)
    return list(of_waiting_advertising(loaded, held.get(REGISTER, 0)))


async def _unknown_codes(monitor: Monitor) -> Sequence[Symptom]:
    policy = monitor.policy
    return list(of_unknown_codes(await monitor.store.unknown_codes(policy.heartbeat_max_age), policy))


async def _unrecognised(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_unrecognised(await monitor.store.unrecognised(LATELY), monitor.policy))


async def _servers(monitor: Monitor) -> Sequence[Symptom]:
    return list(of_servers(await monitor.answers()))


CHECKS: Final[Mapping[str, Callable[[Monitor], Awaitable[Sequence[Symptom]]]]] = {
    "circuit": _circuits,
    "document_host": _document_hosts,
    "queue_age": _ages,
    "unattended": _unattended,
    "dead_letters": _letters,
    "impersonation": _wrong_senders,
    "auditor": _audit,
    "balance": _balances,
    "skew": _skew,
    "topology": _gaps,
    "sender_rate": _excess,
    "webhook": _webhooks,
    "webhook_age": _webhook_ages,
    "exclusions": _exclusions,
    "register": _register,
    "unknown_codes": _unknown_codes,
    "unrecognised": _unrecognised,
    "server": _servers,
}
"""Kind of incident → its check."""
