"""The roles: the queues that each consumes, and the address where it listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from importlib import import_module
from typing import Final

from hub import storage
from hub.access.document_keys import current_fingerprint
from hub.app import monitoring, time_check, topology
from hub.app.container import Container
from hub.app.documents import documents_of, prints_of
from hub.app.known_channels import LINKS, keep_told
from hub.app.work import Role, Work, once, until
from hub.catalog import BY_NAME
from hub.channels.registry import QUEUES
from hub.client.connection import user_of
from hub.consumers import events, messages
from hub.consumers.worker import Consumer, serve
from hub.intake.decode import IntakeContext
from hub.intake.source_bindings import SourceBindings
from hub.messages.delivery import outcome_metrics
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.messages.planning.plan import Rules
from hub.parts.renderer import renderer
from hub.ports import Heartbeats
from hub.rendering import Templates
from hub.rendering.wording import packed
from hub.resilience.database_time import NOW
from hub.settings import Settings
from hub.tasks import cancel
from hub.timers import sealing
from hub.timers.sealing import stamp


def _later(module: str, role: str) -> Role:
    """
    Return a role whose module is loaded when it is prepared.

    The way of an event needs nothing of the desk, of its doors, or of the timers: a process that has only to
    take events in, or to deliver, is smaller without them.
    """

    async def prepared(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
        prepare: Role = getattr(import_module(module), role)
        return await prepare(parts, stop, stack)

    return prepared


async def intake(parts: Container, stop: asyncio.Event, _: AsyncExitStack) -> Work:
    """Consume events; where delivery says which channels there are, only once it has."""
    known, own = parts.known_channels, parts.company.resident_links
    consumers = events.consumers(
        context=IntakeContext(
            schemas=parts.company.schemas,
            catalog=BY_NAME,
            rules=Rules(
                channels=parts.traits() if known is None else known.traits,
                policy=parts.company.policy,
                links=lambda: own.usable if known is None else known.links,
            ),
            rates=parts.sender_rates,
            tracer=parts.tracer,
        ),
        senders=SourceBindings(
            storage.PostgresKeys(parts.database), own=user_of(parts.settings.amqp_url.reveal())
        ),
        store=storage.PostgresIntake(parts.database),
        publisher=parts.publisher,
        appointments=parts.appointments,
        now=NOW,
    )
    begin = partial(_serve, "intake", parts, stop, consumers)
    return begin() if known is None else once(known.known, begin, stop)


async def delivery(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Send messages."""
    channels = parts.channels()
    outcome_metrics.begin(channels)
    for channel in channels.values():
        stack.push_async_callback(channel.aclose)
    deps = DeliveryDeps(
        channels=channels,
        render=renderer(parts.company),
        policy=parts.company.policy,
        throttle=parts.throttle,
        now=NOW,
        pauses=Pauses(storage.PostgresPauses(parts.database)),
        prints=prints_of(parts),
        documents=documents_of(parts),
        exclusions=storage.PostgresExclusions(parts.database, parts.company.ring),
        catalog=BY_NAME,
        tracer=parts.tracer,
    )
    consumers = messages.consumers(
        deps=deps,
        store=storage.PostgresDelivery(
            parts.database,
            parts.company.templates.dated,
            packed(parts.company.wording),
            named=parts.company.templates.named,
        ),
        publisher=parts.publisher,
        appointments=parts.appointments,
    )
    beside = (
        partial(_compile_urgent, parts.company.templates),
        partial(messages.end_handover, deps, stop),
    )
    return _deliver(partial(_serve, "delivery", parts, stop, consumers), beside)


async def _deliver(begin: Callable[[], Work], beside: Sequence[Callable[[], Work]]) -> None:
    tasks = [asyncio.create_task(work()) for work in beside]
    try:
        await begin()
    finally:
        await cancel(*tasks)


async def _compile_urgent(templates: Templates) -> None:
    """Compile the texts of emergencies while the work begins: the start does not wait for it."""
    for _ in templates.compile_urgent():
        await asyncio.sleep(0)  # each takes some milliseconds


ROLES: Final[Mapping[str, Role]] = {
    "intake": intake,
    "delivery": delivery,
    "timers": _later("hub.app.timers_role", "keep_time"),
    "web": _later("hub.app.web_role", "serve_web"),
    "mail": _later("hub.app.mail_role", "take_mail"),
}


WITHOUT_REDIS: Final = frozenset({"mail"})
"""Roles that appoint nothing and limit no rate: they need neither Redis nor its password."""


def whole(settings: Settings) -> tuple[str, ...]:
    """Return the roles of a whole hub; mail only where its address is set."""
    return tuple(role for role in ROLES if role != "mail" or settings.mail is not None)


def beside(roles: Collection[str], parts: Container, stop: asyncio.Event) -> list[Work]:
    """
    Return the background work of these roles, once per process.

    All report their clock and their roles, and look after the way of the events. Timers and web run the
    monitor, so that each reports the other's death; delivery and timers report their circuits, intake the
    senders above their rate, web the wrong codes of messages. Delivery tells of its channels, for the intake
    that has no settings of them. Timers seal the attempts of messages.
    """
    store = storage.PostgresMonitor(parts.database, QUEUES)
    interval = parts.company.policy.monitor.interval
    reports: list[Callable[[Heartbeats], Awaitable[None]]] = []
    work = [
        until(stop, partial(topology.keep, parts)),
        until(stop, partial(time_check.run, store, monitoring.this_process(), interval, roles)),
    ]
    if {"timers", "web"} & set(roles):
        work.append(until(stop, partial(monitoring.run, parts)))
    if "web" in roles:
        reports.append(partial(monitoring.report_unknown, rate=parts.check_rate))
    if "intake" in roles:
        reports.append(partial(monitoring.report_rates, rates=parts.sender_rates))
    if parts.known_channels is not None:
        work.append(until(stop, parts.known_channels.keep))
    if "delivery" in roles:
        tell = storage.PostgresToldChannels(parts.database).tell
        work.append(until(stop, partial(keep_told, tell, to_tell(parts))))
    if "timers" in roles:
        work.append(until(stop, partial(sealing.run, _sealer(parts))))
    if {"delivery", "timers"} & set(roles):
        reports.append(partial(monitoring.report_circuits, breakers=parts.breakers))
    return [*work, *(until(stop, partial(monitoring.keep_reporting, parts, report)) for report in reports)]


def to_tell(parts: Container) -> Collection[str]:
    """Return what delivery tells intake: its channels, and whether messages have links to their pages."""
    return *parts.traits(), *([LINKS] if parts.company.resident_links.usable else [])


def _sealer(parts: Container) -> sealing.Sealer:
    url = parts.settings.timestamp_url
    return sealing.Sealer(
        store=storage.PostgresSeals(parts.database),
        publisher=parts.publisher,
        notify=bool(parts.company.policy.evidence.notify),
        key=current_fingerprint(parts.company.ring),
        stamp=None if url is None else partial(stamp, url),
    )


def _serve(name: str, parts: Container, stop: asyncio.Event, consumers: list[Consumer]) -> Work:
    return serve(parts.settings.amqp_url.reveal(), f"hub {name}", consumers, stop)
