"""The role timers: due work, results and their webhooks, documents to fetch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial

from hub import storage
from hub.access.actor import Actor
from hub.app.container import Container
from hub.app.documents import fetching_of, prints_of
from hub.app.work import Work, until
from hub.channels.registry import QUEUES, names_channels, names_of, traits_of
from hub.channels.webhook_calls import HttpWebhookCalls
from hub.intake.dry_run_schemas import DryRun
from hub.messages import lateness
from hub.messages.delivery.pausing import Pauses
from hub.model import Event
from hub.operations.communications.planning import RunDry
from hub.operations.communications.review_work import ReviewWork
from hub.operations.communications.reviews import Reviews
from hub.operations.communications.work import CommunicationWork, PlanWork
from hub.parts.dry_run import DryRuns
from hub.parts.plans import planning_of
from hub.parts.stores import Stores
from hub.resilience.database_time import NOW
from hub.tasks import run_all
from hub.timers import documents, scheduler, webhooks
from hub.timers.deps import Timers
from hub.timers.documents import DocumentDeps
from hub.timers.lease_time import LeaseTime
from hub.timers.webhooks import WebhookDeps


async def keep_time(parts: Container, stop: asyncio.Event, stack: AsyncExitStack) -> Work:
    """Run retries, releases, reminders, clocks, the sweep, results and their webhooks."""
    lateness.begin()
    communications = CommunicationWork(
        database=parts.database,
        publisher=parts.publisher,
        texts=parts.company.digest_of_texts,
        review=parts.company.policy.review,
        now=NOW,
    )
    stands = Pauses(storage.PostgresPauses(parts.database)).of_everything
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
            erasures=storage.PostgresErasures(parts.database),
            old_data=storage.PostgresRetention(parts.database),
            pauses=storage.PostgresPauses(parts.database),
            digests=storage.PostgresNoticeDigests(parts.database),
            radicados=storage.PostgresRadicados(parts.database),
            reach=storage.PostgresReach(parts.database, parts.company.policy.suppression_for),
            tasks=storage.PostgresStandingTasks(parts.database),
            bulk=storage.PostgresBulk(parts.database),
            now=NOW,
            queues=QUEUES,
            sweep_after=parts.company.policy.delivery.sweep_after,
            lease_time=LeaseTime(parts.company.policy.delivery.lease),
            policy=parts.company.policy,
            prints=prints_of(parts),
            stands=stands,
            communications=communications.publish_next,
            communications_planned=_plans(parts).plan_next,
            communications_watched=communications.watch,
            reviews=_reviews(parts).keep,
            sheets=storage.PostgresSheetImports(parts.database).work,
        ),
        WebhookDeps(
            queue=storage.PostgresWebhooks(parts.database),
            calls=await stack.enter_async_context(
                aclosing(HttpWebhookCalls(parts.settings.webhook_networks))
            ),
            ring=parts.company.ring,
            now=NOW,
            stands=stands,
        ),
        await fetching_of(parts, stack),
    )
    return until(stop, keeping)


def _reviews(parts: Container) -> ReviewWork:
    return ReviewWork(
        store=storage.PostgresCommunications(parts.database),
        held=storage.PostgresHeldEvents(parts.database),
        reviewing=Reviews(
            database=parts.database,
            accounts=storage.PostgresAccounts(parts.database),
            approvals=storage.PostgresApprovals(parts.database),
        ),
        publisher=parts.publisher,
        audit=storage.PostgresAudit(parts.database),
        run_dry=_run_dry(parts),
        texts=parts.company.digest_of_texts,
        policy=parts.company.policy.review,
        prices=parts.company.policy.prices,
        now=NOW,
    )


def _run_dry(parts: Container) -> RunDry:
    """Try events with the channels of this process; where its settings name none, with those of delivery."""
    told, own = storage.PostgresToldChannels(parts.database).told, names_channels(parts.settings)

    async def run_dry(
        by: Actor, events: Sequence[Event], *, everybody: bool, at: datetime, measured: int | None = None
    ) -> DryRun:
        names = names_of(parts.settings) if own else await told()
        dry = DryRuns(parts.database, parts.company, partial(traits_of, names))
        return await dry(by, events, everybody=everybody, at=at, measured=measured)

    return run_dry


def _plans(parts: Container) -> PlanWork:
    stores = Stores(
        company=parts.company,
        database=parts.database,
        publisher=parts.publisher,
        appointments=parts.appointments,
    )
    planning = replace(planning_of(stores), run_dry=_run_dry(parts))
    return PlanWork(planning=planning, audit=stores.audit)


async def _keep_time(timers: Timers, sending: WebhookDeps, fetching: DocumentDeps | None) -> None:
    work = [scheduler.run(timers), webhooks.run(sending)]
    await run_all(work if fetching is None else [*work, documents.run(fetching)])
