"""The roles: what each consumes and where it listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from functools import partial
from typing import Any, Final

import structlog
from aiohttp import web
from prometheus_client import REGISTRY

from hub import storage
from hub.access.audit import note
from hub.access.document_keys import current_fingerprint
from hub.app import monitoring, time_check, topology
from hub.app.container import QUEUES, Container, constancias_of, letter_printer_of, posters_of
from hub.app.documents import documents_of, fetching_of, prints_of
from hub.app.monitoring import readiness
from hub.catalog import BY_NAME
from hub.channels.webhook_calls import HttpWebhookCalls
from hub.consumers import events, messages
from hub.consumers.broker import user_of
from hub.consumers.worker import Consumer, serve
from hub.errors import ConfigurationError
from hub.inbound import process_reply, process_report
from hub.inbound.mail import server as mail
from hub.inbound.mail.authentic import DnsKeys, is_signed
from hub.intake.decode import IntakeContext
from hub.intake.process_batch import refuse
from hub.intake.source_bindings import SourceBindings
from hub.messages.delivery.deliver import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.messages.planning.plan import Rules
from hub.model import AckOutcome, BounceReport, Complaint, Reply
from hub.ports import WebhookCalls
from hub.rendering import Templates
from hub.rendering.wording import packed
from hub.resilience.database_time import NOW
from hub.settings import Address, Settings
from hub.settings.values import Networks
from hub.tasks import cancel, run_all
from hub.timers import documents, scheduler, sealing, webhooks
from hub.timers.deps import Timers
from hub.timers.documents import DocumentDeps
from hub.timers.lease_time import LeaseTime
from hub.timers.stamping import stamp
from hub.timers.webhooks import WebhookDeps
from hub.web.application import build, build_metrics
from hub.web.auth.api_key_cache import Keyring
from hub.web.connections import listening
from hub.web.monitoring.counts import Counted
from hub.web.monitoring.gauges import Figures
from hub.web.monitoring.survey_gauges import SurveyGauges
from hub.web.services import Access, Hooks, Monitoring, Services

log = structlog.get_logger()

Work = Coroutine[Any, Any, None]
Role = Callable[[Container, asyncio.Event, AsyncExitStack], Awaitable[Work]]
"""Prepares a role; its resources go on the stack. The work ends after the event is set."""


async def intake(parts: Container, stop: asyncio.Event, _: AsyncExitStack) -> Work:
    """Consume events."""
    traits = {name: channel.traits for name, channel in parts.channels().items()}
    consumers = events.consumers(
        context=IntakeContext(
            schemas=parts.company.schemas,
            catalog=BY_NAME,
            rules=Rules(channels=traits, policy=parts.company.policy),
            rates=parts.sender_rates,
        ),
        senders=SourceBindings(
            storage.PostgresKeys(parts.database), own=user_of(parts.settings.amqp_url.reveal())
        ),
        store=storage.PostgresIntake(parts.database),
        publisher=parts.publisher,
        appointments=parts.appointments,
        now=NOW,
    )
    return _serve("intake", parts, stop, consumers)


async def delivery(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Send messages."""
    channels = parts.channels()
    for channel in channels.values():
        stack.push_async_callback(channel.aclose)
    deps = DeliveryDeps(
        channels=channels,
        render=parts.company.renderer(),
        policy=parts.company.policy,
        throttle=parts.throttle,
        now=NOW,
        pauses=Pauses(storage.PostgresPauses(parts.database)),
        prints=prints_of(parts),
        documents=documents_of(parts),
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
    """Compile what an emergency says while the work begins: the start does not wait for it."""
    for _ in templates.compile_urgent():
        await asyncio.sleep(0)  # each takes some milliseconds


async def keep_time(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Run retries, releases, reminders, clocks, the sweep, results and their webhooks."""
    keeping = partial(
        _keep_time,
        Timers(
            store=storage.PostgresTimers(parts.database),
            publisher=parts.publisher,
            appointments=parts.appointments,
            heartbeats=storage.PostgresMonitor(parts.database, QUEUES),
            months=storage.PostgresMonths(parts.database),
            results=storage.PostgresResults(parts.database),
            emergencies=storage.PostgresEmergencies(parts.database),
            now=NOW,
            queues=QUEUES,
            sweep_after=parts.company.policy.delivery.sweep_after,
            lease_time=LeaseTime(parts.company.policy.delivery.lease),
            policy=parts.company.policy,
            prints=prints_of(parts),
        ),
        WebhookDeps(
            queue=storage.PostgresWebhooks(parts.database),
            calls=await _webhook_calls(parts, stack),
            ring=parts.company.ring,
            now=NOW,
        ),
        await fetching_of(parts, stack),
    )
    return _until(stop, keeping)


async def _keep_time(timers: Timers, sending: WebhookDeps, fetching: DocumentDeps | None) -> None:
    work = [scheduler.run(timers), webhooks.run(sending)]
    await run_all(work if fetching is None else [*work, documents.run(fetching)])


async def serve_web(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Serve the API, the console and health checks."""
    settings = parts.settings
    calls = await _webhook_calls(parts, stack)
    await _listen(build(_services(parts, calls)), settings.http, "HUB_HTTP", stack, settings.trusted_proxies)
    return _until_set(stop)


async def _webhook_calls(parts: Container, stack: AsyncExitStack) -> HttpWebhookCalls:
    return await stack.enter_async_context(aclosing(HttpWebhookCalls(parts.settings.webhook_networks)))


def _services(parts: Container, calls: WebhookCalls) -> Services:
    database, settings, company = parts.database, parts.settings, parts.company
    return Services(
        settings=settings,
        policy=company.policy,
        schemas=company.schemas,
        now=NOW,
        publisher=parts.publisher,
        amqp_user=user_of(settings.amqp_url.reveal()),
        appointments=parts.appointments,
        accounts=storage.PostgresAccounts(database),
        api_keys=storage.PostgresKeys(database),
        audit=storage.PostgresAudit(database),
        batches=storage.PostgresBatches(database),
        cases=storage.PostgresCases(database),
        render_again=company.render_again,
        constancias=constancias_of(database, company),
        contacts=storage.PostgresContacts(database),
        directory=storage.PostgresDirectoryHistory(database),
        documents=storage.PostgresDocuments(database),
        escalations=storage.PostgresEscalations(database),
        evidence=storage.PostgresEvidence(database),
        explain=storage.PostgresExplain(database),
        factors=storage.PostgresSecondFactors(database),
        headcount=storage.PostgresHeadcount(database, company.policy.suppression_for),
        inbox=storage.PostgresInbox(database),
        incidents=storage.PostgresMonitor(database, QUEUES),
        letters=storage.PostgresLetters(database),
        log=storage.PostgresLog(database),
        mail_reports=storage.PostgresMailReports(database),
        pauses=storage.PostgresPauses(database),
        posters=posters_of(database, company),
        poster_links=company.poster_links,
        letter_printer=letter_printer_of(database, company),
        redrive=storage.PostgresRedrive(database),
        sessions=storage.PostgresSessions(database),
        subscriptions=storage.PostgresSubscriptions(database),
        surveys=storage.PostgresSurveys(database),
        unsubscribes=storage.PostgresUnsubscribes(database),
        webhooks=storage.PostgresWebhooks(database),
        webhook_calls=calls,
        keyring=Keyring(storage.PostgresKeys(database)),
        ring=company.ring,
        refuse=partial(refuse, store=storage.PostgresIntake(database), publisher=parts.publisher, now=NOW),
        hooks=Hooks.of(
            settings,
            company.ring,
            receipts=storage.PostgresReceipts(database),
            take_reply=partial(_take_reply, parts),
        ),
        monitoring=_monitoring(parts),
    )


async def take_mail(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Receive mail: bounces, complaints, replies."""
    address, verp = parts.settings.mail, parts.company.verp
    if address is None or verp is None:
        raise ConfigurationError("The role mail needs HUB_MAIL, where it listens, and HUB_MAIL_DOMAIN.")
    handlers = mail.MailHandlers(
        bounce=partial(_take_bounce, parts),
        complaint=partial(_take_feedback, parts),
        reply=partial(_take_reply, parts),
        is_signed=partial(is_signed, key_of=DnsKeys()),
    )
    try:
        listener = mail.listening(address, verp=verp, handlers=handlers, now=NOW)
        server = await stack.enter_async_context(listener)
    except OSError as exc:
        raise _taken("HUB_MAIL", address, exc) from exc
    for socket in server.sockets:
        host, port, *_ = socket.getsockname()
        log.info("mail.listening", address=str(Address(host, port)), domain=verp.domain)
    return _until_set(stop)


ROLES: Final[Mapping[str, Role]] = {
    "intake": intake,
    "delivery": delivery,
    "timers": keep_time,
    "web": serve_web,
    "mail": take_mail,
}


def whole(settings: Settings) -> tuple[str, ...]:
    """Return the roles of a whole hub; mail only where its address is set."""
    return tuple(role for role in ROLES if role != "mail" or settings.mail is not None)


def beside(roles: Collection[str], parts: Container, stop: asyncio.Event) -> list[Work]:
    """
    Return the background work of these roles, once per process.

    All report their clock, and look after the way of the events. Timers and web run the monitor, so that each
    reports the other's death; delivery reports its circuits, intake the senders above their rate. Timers seal
    what happened to messages.
    """
    store = storage.PostgresMonitor(parts.database, QUEUES)
    interval = parts.company.policy.monitor.interval
    work = [
        _until(stop, partial(topology.keep, parts)),
        _until(stop, partial(time_check.run, store, monitoring.this_process(), interval)),
    ]
    if {"timers", "web"} & set(roles):
        work.append(_until(stop, partial(monitoring.run, parts)))
    if "intake" in roles:
        work.append(_until(stop, partial(monitoring.report_excess, parts)))
    if "timers" in roles:
        work.append(_until(stop, partial(sealing.run, _sealer(parts))))
    if "delivery" in roles:
        work.append(_until(stop, partial(monitoring.report_circuits, parts)))
    return work


def _sealer(parts: Container) -> sealing.Sealer:
    url = parts.settings.timestamp_url
    return sealing.Sealer(
        store=storage.PostgresSeals(parts.database),
        publisher=parts.publisher,
        notify=bool(parts.company.policy.evidence.notify),
        key=current_fingerprint(parts.company.ring),
        stamp=None if url is None else partial(stamp, url),
    )


async def serve_metrics(parts: Container, address: Address, stack: AsyncExitStack) -> None:
    """Listen on HUB_METRICS, in any role."""
    application = build_metrics(Access(settings=parts.settings), _monitoring(parts))
    await _listen(application, address, "HUB_METRICS", stack, parts.settings.trusted_proxies)


def _monitoring(parts: Container) -> Monitoring:
    return Monitoring(
        ready=partial(readiness, parts),
        registry=REGISTRY,
        counts=Counted(storage.PostgresLog(parts.database)),
        gauges=Figures(storage.PostgresMonitor(parts.database, QUEUES)),
        surveys=SurveyGauges(
            storage.PostgresSurveys(parts.database), fewest=parts.company.policy.surveys.fewest, now=NOW
        ),
    )


async def _listen(
    application: web.Application, address: Address, setting: str, stack: AsyncExitStack, trusted: Networks
) -> None:
    listener = listening(application, address, trusted=trusted)
    try:
        addresses = await stack.enter_async_context(listener)
    except OSError as exc:
        raise _taken(setting, address, exc) from exc
    for listens_at in addresses:
        log.info("http.listening", setting=setting, url=f"http://{listens_at}/")


def _taken(setting: str, address: Address, exc: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{setting}={address} cannot be listened on ({exc.strerror}): is another hub running? "
        f"Choose another port with {setting}."
    )


async def _take_reply(parts: Container, reply: Reply) -> None:
    store = storage.PostgresReplies(parts.database)
    decision = (
        await process_reply.take_reply(reply, store=store, publisher=parts.publisher, now=NOW())
    ).taking
    if decision is not None and decision.outcome is AckOutcome.TAKEN:
        who, subject = f"sms:{decision.by}", f"clock:{decision.clock_id}"
        await note(
            storage.PostgresAudit(parts.database),
            who=who,
            action="clock.acknowledge",
            subject=subject,
            level=decision.level,
        )


async def _take_bounce(parts: Container, report: BounceReport) -> str:
    return await process_report.take_bounce(
        report,
        store=storage.PostgresMailReports(parts.database),
        publisher=parts.publisher,
        confirm_by=parts.company.policy.confirm_bounce_by,
        now=NOW(),
    )


async def _take_feedback(parts: Container, complaint: Complaint) -> str:
    store, replies = storage.PostgresMailReports(parts.database), storage.PostgresReplies(parts.database)
    return await process_report.take_feedback(complaint, store=store, replies=replies, now=NOW())


def _serve(name: str, parts: Container, stop: asyncio.Event, consumers: list[Consumer]) -> Work:
    return serve(parts.settings.amqp_url.reveal(), f"hub {name}", consumers, stop)


async def _until_set(stop: asyncio.Event) -> None:
    await stop.wait()


async def _until(stop: asyncio.Event, begin: Callable[[], Work]) -> None:
    """Do the work until `stop`. Only for work that may be cancelled at any point."""
    working = asyncio.create_task(begin())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        await cancel(working, stopping)
