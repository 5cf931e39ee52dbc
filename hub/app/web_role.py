"""The role web: the services of its handlers; and the metrics of any role."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from prometheus_client import REGISTRY

from hub import storage
from hub.app.container import Container
from hub.app.incoming import take_reply
from hub.app.listening import listen
from hub.app.monitoring import readiness
from hub.app.work import Work, until_set
from hub.channels.registry import QUEUES
from hub.client.connection import user_of
from hub.intake.process_batch import refuse
from hub.messages.delivery.pausing import Pauses
from hub.resilience.database_time import NOW
from hub.settings import Address
from hub.web.application import build, build_metrics
from hub.web.auth.api_key_cache import Keyring
from hub.web.monitoring.gauges import Figures, ReachGauges
from hub.web.monitoring.remembered import Counted
from hub.web.monitoring.survey_gauges import SurveyGauges
from hub.web.service_parts import Access, Hooks, Monitoring
from hub.web.services import Services


async def serve_web(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Serve the API, the console and health checks."""
    settings = parts.settings
    await listen(build(services_of(parts)), settings.http, "HUB_HTTP", stack, settings.trusted_proxies)
    return until_set(stop)


def services_of(parts: Container) -> Services:
    database, settings, company = parts.database, parts.settings, parts.company
    return Services(
        company=company,
        database=database,
        publisher=parts.publisher,
        appointments=parts.appointments,
        amqp_user=user_of(settings.amqp_url.reveal()),
        traits=parts.traits,
        check_rate=parts.check_rate,
        keyring=Keyring(storage.PostgresKeys(database)),
        refuse=partial(refuse, store=storage.PostgresIntake(database), publisher=parts.publisher, now=NOW),
        hooks=Hooks.of(
            settings,
            company.ring,
            receipts=storage.PostgresReceipts(database),
            take_reply=partial(take_reply, parts),
        ),
        monitoring=_monitoring(parts),
        tracer=parts.tracer,
        presence=parts.presence,
    )


async def serve_metrics(parts: Container, address: Address, stack: AsyncExitStack, *, appoints: bool) -> None:
    """Listen on HUB_METRICS, in any role."""
    application = build_metrics(Access(settings=parts.settings), _monitoring(parts, appoints=appoints))
    await listen(application, address, "HUB_METRICS", stack, parts.settings.trusted_proxies)


def _monitoring(parts: Container, *, appoints: bool = True) -> Monitoring:
    return Monitoring(
        ready=partial(readiness, parts, appoints=appoints),
        registry=REGISTRY,
        counts=Counted(storage.PostgresLog(parts.database)),
        gauges=Figures(storage.PostgresMonitor(parts.database, QUEUES)),
        surveys=SurveyGauges(
            storage.PostgresSurveys(parts.database), fewest=parts.company.policy.surveys.fewest, now=NOW
        ),
        reach=ReachGauges(storage.PostgresReach(parts.database, parts.company.policy.suppression_for)),
        paused=Pauses(storage.PostgresPauses(parts.database)).of_everything,
    )
