"""Openers for commands: one store of the database, the appointments, a publisher."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Final, TypeVar

from hub import storage
from hub.channels.registry import QUEUES
from hub.desk.letters.queries import count as count_letters
from hub.desk.posters.queries import count as count_posters
from hub.operations.now import NowDeps
from hub.parts.company import CompanyRules
from hub.parts.papers import constancias_of
from hub.policy import load_policy
from hub.settings import Settings

Store = TypeVar("Store")
Opener = Callable[[Settings], AbstractAsyncContextManager[Store]]


def _opener(make: Callable[[storage.Database], Store], *, size: int = 2) -> Opener[Store]:
    """Return a function that opens one store for a command; `size` limits its connections."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Store]:
        async with storage.Database(settings.database_url.reveal(), size=size) as database:
            yield make(database)

    return opened


open_audit: Final = _opener(storage.PostgresAudit)
open_bulk: Final = _opener(storage.PostgresBulk)
open_casework: Final = _opener(storage.PostgresCasework, size=1)
open_cases: Final = _opener(storage.PostgresCases)
open_contacts: Final = _opener(storage.PostgresContacts)
open_documents: Final = _opener(storage.PostgresDocuments)
open_imports: Final = _opener(storage.PostgresImports, size=1)
open_evidence: Final = _opener(storage.PostgresEvidence)
open_retention: Final = _opener(storage.PostgresRetention)
open_log: Final = _opener(storage.PostgresLog)
open_strangers: Final = _opener(storage.PostgresStrangers, size=1)
open_surveys: Final = _opener(storage.PostgresSurveys)
open_secrets: Final = _opener(storage.PostgresSecrets)
open_months: Final = _opener(storage.PostgresMonths)
open_mail_reports: Final = _opener(storage.PostgresMailReports)
open_monitor: Final = _opener(partial(storage.PostgresMonitor, queues=QUEUES))


@asynccontextmanager
async def open_now(settings: Settings) -> AsyncIterator[NowDeps]:
    """Open the stores that show the hub's state now."""
    async with storage.Database(settings.database_url.reveal(), size=1) as database:
        activity = storage.PostgresActivity(database)
        yield NowDeps(
            activity=activity,
            contacts=storage.PostgresContacts(database),
            emergencies=storage.PostgresEmergencies(database),
            incidents=storage.PostgresMonitor(database, queues=QUEUES),
            letters=partial(count_letters, database),
            log=storage.PostgresLog(database),
            paused=storage.PostgresPauses(database).paused,
            posters=partial(count_posters, database),
            waiting=activity.waiting,
        )


@asynccontextmanager
async def open_reach(settings: Settings) -> AsyncIterator[storage.PostgresReach]:
    """Open the reach of buildings, with how long suppressions last by the policy."""
    async with storage.Database(settings.database_url.reveal(), size=1) as database:
        yield storage.PostgresReach(database, load_policy(settings.policy).suppression_for)


def _company_opener(make: Callable[[storage.Database, CompanyRules], Store]) -> Opener[Store]:
    """Return a function that opens a part for a command; the part needs the company's rules, too."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Store]:
        async with storage.Database(settings.database_url.reveal(), size=2) as database:
            yield make(database, CompanyRules(settings))

    return opened


open_constancias: Final = _company_opener(constancias_of)
