"""
Stores: the tables and servers that a process reaches, each named once and made at its first use.

A test puts doubles in their places: `with_doubles(stores, log=MemoryLog())`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

from hub import storage
from hub.access.document_keys import document_keys
from hub.access.keyring import KeyRing
from hub.access.passwords import Passwords
from hub.access.poster_links import PosterLinks
from hub.channels.registry import QUEUES
from hub.cloudevents.schemas import Schemas
from hub.model import Brand, ChannelTraits
from hub.operations.cases.texts import CaseTexts, Render
from hub.operations.cases.thread import Threads
from hub.operations.constancia.make import Constancias
from hub.operations.evidence.remake import Remaker
from hub.operations.gallery import Gallery
from hub.parts.company import CompanyRules
from hub.parts.dry_run import DryRuns
from hub.parts.posters import PosterPages
from hub.parts.renderer import render_again
from hub.parts.texts import lazy_gallery
from hub.policy import Policy
from hub.ports import Appointments, Now, Publisher
from hub.rendering.identities import Look
from hub.rendering.paper import make_pdf
from hub.resilience.database_time import NOW
from hub.settings import Settings
from hub.storage import PostgresMonitor, PostgresReach


def constancias_of(database: storage.Database, company: CompanyRules) -> Constancias:
    """Return the maker of constancias, signed with the key of the hub's first secret."""
    return Constancias(
        threads=storage.PostgresCases(database),
        store=storage.PostgresConstancias(database),
        calendar=company.policy.calendar,
        company=company.policy.company.name,
        pdf=make_pdf,
        look=company.look,
        key=lambda: document_keys(company.ring)[0],
    )


T = TypeVar("T")


def _of(make: Callable[[storage.Database], T]) -> cached_property[T]:
    """Return the property of a store that needs nothing but the database."""
    return cached_property(lambda stores: make(stores.database))


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The given things are the company's rules and one of each connection. All else is made of these."""

    company: CompanyRules
    database: storage.Database
    publisher: Publisher
    appointments: Appointments
    now: Now = NOW
    traits: Callable[[], Mapping[str, ChannelTraits]] = dict
    """The channels of this process; a test without any has none."""

    accounts = _of(storage.PostgresAccounts)
    activity = _of(storage.PostgresActivity)
    api_keys = _of(storage.PostgresKeys)
    approvals = _of(storage.PostgresApprovals)
    audit = _of(storage.PostgresAudit)
    bulk = _of(storage.PostgresBulk)
    cases = _of(storage.PostgresCases)
    casework = _of(storage.PostgresCasework)
    communications = _of(storage.PostgresCommunications)
    contacts = _of(storage.PostgresContacts)
    directory = _of(storage.PostgresDirectoryHistory)
    documents = _of(storage.PostgresDocuments)
    emergencies = _of(storage.PostgresEmergencies)
    erasures = _of(storage.PostgresErasures)
    escalations = _of(storage.PostgresEscalations)
    evidence = _of(storage.PostgresEvidence)
    exports = _of(storage.PostgresPersonExport)
    explain = _of(storage.PostgresExplain)
    factors = _of(storage.PostgresSecondFactors)
    genuine = _of(storage.PostgresGenuine)
    inbox = _of(storage.PostgresInbox)
    known_events = _of(storage.PostgresIntake)
    letters = _of(storage.PostgresLetters)
    log = _of(storage.PostgresLog)
    mail_reports = _of(storage.PostgresMailReports)
    pauses = _of(storage.PostgresPauses)
    preferences = _of(storage.PostgresPreferences)
    receipts = _of(storage.PostgresReceipts)
    recipients = _of(storage.PostgresRecipients)
    resident_access = _of(storage.PostgresResidentAccess)
    residents = _of(storage.PostgresResidents)
    sessions = _of(storage.PostgresSessions)
    standing_tasks = _of(storage.PostgresStandingTasks)
    surveys = _of(storage.PostgresSurveys)
    unsubscribes = _of(storage.PostgresUnsubscribes)

    @cached_property
    def settings(self) -> Settings:
        return self.company.settings

    @cached_property
    def policy(self) -> Policy:
        return self.company.policy

    @cached_property
    def schemas(self) -> Schemas:
        return self.company.schemas

    @cached_property
    def ring(self) -> KeyRing:
        return self.company.ring

    @cached_property
    def poster_links(self) -> PosterLinks:
        return self.company.poster_links

    def look(self, brand: Brand | None) -> Look:
        """Return the identity of a copropiedad; of the company without one."""
        return self.company.look(brand)

    @cached_property
    def gallery(self) -> Callable[[], Gallery]:
        """All texts of the hub. It reads their files at its first call."""
        return lazy_gallery(self.company)

    @cached_property
    def constancias(self) -> Constancias:
        return constancias_of(self.database, self.company)

    @cached_property
    def dry_run(self) -> DryRuns:
        return DryRuns(self.database, self.company, self.traits)

    @cached_property
    def incidents(self) -> PostgresMonitor:
        return storage.PostgresMonitor(self.database, QUEUES)

    @cached_property
    def passwords(self) -> Passwords:
        """The hasher of passwords; to make it takes as long as a hash."""
        return Passwords()

    @cached_property
    def poster_pages(self) -> PosterPages:
        return PosterPages(database=self.database, company=self.company)

    @cached_property
    def printing(self) -> asyncio.Lock:
        """The lock of letters that are set as a PDF: one at a time in a process."""
        return asyncio.Lock()

    @cached_property
    def reach(self) -> PostgresReach:
        return storage.PostgresReach(self.database, self.policy.suppression_for)

    @cached_property
    def remaker(self) -> Remaker:
        return Remaker(self.evidence)

    @cached_property
    def render_again(self) -> Render:
        return partial(render_again, self.company)

    @cached_property
    def threads(self) -> Threads:
        texts = CaseTexts(evidence=self.evidence, remaker=self.remaker, render=self.render_again)
        return Threads(store=self.cases, calendar=self.policy.calendar, texts=texts)
