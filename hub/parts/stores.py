"""
Stores: the tables and servers that a process reaches, each named once and made at its first use.

A test puts doubles in their places: `with_doubles(stores, log=MemoryLog())`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from hub import storage
from hub.access.keyring import KeyRing
from hub.access.passwords import Passwords
from hub.access.poster_links import PosterLinks
from hub.channels.registry import QUEUES
from hub.cloudevents.schemas import Schemas
from hub.model import Brand
from hub.operations.cases.acts import CaseActs
from hub.operations.cases.texts import CaseTexts, Render
from hub.operations.cases.thread import Threads
from hub.operations.clocks.board import Clocks
from hub.operations.constancia.make import Constancias
from hub.operations.evidence import Remaker
from hub.operations.gallery import Gallery
from hub.operations.person_export.make import PersonExports
from hub.parts.company import CompanyRules
from hub.parts.papers import constancias_of, person_exports_of
from hub.parts.posters import PosterPages
from hub.parts.renderer import render_again
from hub.parts.texts import lazy_gallery
from hub.policy import Policy
from hub.ports import (
    AccountStore,
    ActivityStore,
    Appointments,
    AuditStore,
    BulkStore,
    CancelStore,
    CaseStore,
    CaseworkStore,
    ContactStore,
    DirectoryHistoryStore,
    DocumentStore,
    ErasureStore,
    EscalationStore,
    ExplainStore,
    GenuineStore,
    HeadcountStore,
    InboxStore,
    IncidentLog,
    IntakeStore,
    KeyStore,
    KnownEventStore,
    LogStore,
    Now,
    PauseStore,
    PreferenceStore,
    Publisher,
    ReachStore,
    RecipientStore,
    RedriveStore,
    ResidentAccess,
    ResidentStore,
    SecondFactorStore,
    SessionStore,
    StandingTaskStore,
    SurveyStore,
    UnsubscribeStore,
)
from hub.ports.emergencies import OpenEmergencies
from hub.ports.evidence import EvidenceStore
from hub.ports.receipts import ReceiptStore, ReportStore
from hub.rendering.identities import Look
from hub.resilience.database_time import NOW
from hub.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The given things are the company's rules and one of each connection. All else is made of these."""

    company: CompanyRules
    database: storage.Database
    publisher: Publisher
    appointments: Appointments
    now: Now = NOW

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
    def accounts(self) -> AccountStore:
        return storage.PostgresAccounts(self.database)

    @cached_property
    def activity(self) -> ActivityStore:
        return storage.PostgresActivity(self.database)

    @cached_property
    def api_keys(self) -> KeyStore:
        return storage.PostgresKeys(self.database)

    @cached_property
    def audit(self) -> AuditStore:
        return storage.PostgresAudit(self.database)

    @cached_property
    def bulk(self) -> BulkStore:
        return storage.PostgresBulk(self.database)

    @cached_property
    def cancel(self) -> CancelStore:
        return storage.PostgresCancel(self.database)

    @cached_property
    def case_acts(self) -> CaseActs:
        return CaseActs(
            cases=self.cases,
            work=self.casework,
            notes=self.audit,
            publisher=self.publisher,
            schemas=self.schemas,
        )

    @cached_property
    def cases(self) -> CaseStore:
        return storage.PostgresCases(self.database)

    @cached_property
    def casework(self) -> CaseworkStore:
        return storage.PostgresCasework(self.database)

    @cached_property
    def clocks(self) -> Clocks:
        return Clocks(log=self.log, appointments=self.appointments, calendar=self.policy.calendar)

    @cached_property
    def constancias(self) -> Constancias:
        return constancias_of(self.database, self.company)

    @cached_property
    def contacts(self) -> ContactStore:
        return storage.PostgresContacts(self.database)

    @cached_property
    def directory(self) -> DirectoryHistoryStore:
        return storage.PostgresDirectoryHistory(self.database)

    @cached_property
    def documents(self) -> DocumentStore:
        return storage.PostgresDocuments(self.database)

    @cached_property
    def emergencies(self) -> OpenEmergencies:
        return storage.PostgresEmergencies(self.database)

    @cached_property
    def erasures(self) -> ErasureStore:
        return storage.PostgresErasures(self.database)

    @cached_property
    def escalations(self) -> EscalationStore:
        return storage.PostgresEscalations(self.database)

    @cached_property
    def evidence(self) -> EvidenceStore:
        return storage.PostgresEvidence(self.database)

    @cached_property
    def explain(self) -> ExplainStore:
        return storage.PostgresExplain(self.database)

    @cached_property
    def factors(self) -> SecondFactorStore:
        return storage.PostgresSecondFactors(self.database)

    @cached_property
    def genuine(self) -> GenuineStore:
        return storage.PostgresGenuine(self.database)

    @cached_property
    def headcount(self) -> HeadcountStore:
        return storage.PostgresHeadcount(self.database, self.policy.suppression_for, self.policy, self.now)

    @cached_property
    def inbox(self) -> InboxStore:
        return storage.PostgresInbox(self.database)

    @cached_property
    def incidents(self) -> IncidentLog:
        return storage.PostgresMonitor(self.database, QUEUES)

    @cached_property
    def known_events(self) -> KnownEventStore:
        return storage.PostgresIntake(self.database)

    @cached_property
    def intake(self) -> IntakeStore:
        return storage.PostgresIntake(self.database)

    @cached_property
    def letters(self) -> storage.PostgresLetters:
        return storage.PostgresLetters(self.database)

    @cached_property
    def log(self) -> LogStore:
        return storage.PostgresLog(self.database)

    @cached_property
    def mail_reports(self) -> ReportStore:
        return storage.PostgresMailReports(self.database)

    @cached_property
    def passwords(self) -> Passwords:
        """The hasher of passwords; to make it takes as long as a hash."""
        return Passwords()

    @cached_property
    def pauses(self) -> PauseStore:
        return storage.PostgresPauses(self.database)

    @cached_property
    def person_exports(self) -> PersonExports:
        return person_exports_of(self.database, self.company)

    @cached_property
    def poster_pages(self) -> PosterPages:
        return PosterPages(database=self.database, company=self.company)

    @cached_property
    def preferences(self) -> PreferenceStore:
        return storage.PostgresPreferences(self.database)

    @cached_property
    def printing(self) -> asyncio.Lock:
        """The lock of letters that are set as a PDF: one at a time in a process."""
        return asyncio.Lock()

    @cached_property
    def reach(self) -> ReachStore:
        return storage.PostgresReach(self.database, self.policy.suppression_for)

    @cached_property
    def receipts(self) -> ReceiptStore:
        return storage.PostgresReceipts(self.database)

    @cached_property
    def recipients(self) -> RecipientStore:
        return storage.PostgresRecipients(self.database)

    @cached_property
    def redrive(self) -> RedriveStore:
        return storage.PostgresRedrive(self.database)

    @cached_property
    def remaker(self) -> Remaker:
        return Remaker(self.evidence)

    @cached_property
    def render_again(self) -> Render:
        return partial(render_again, self.company)

    @cached_property
    def resident_access(self) -> ResidentAccess:
        return storage.PostgresResidentAccess(self.database)

    @cached_property
    def residents(self) -> ResidentStore:
        return storage.PostgresResidents(self.database)

    @cached_property
    def sessions(self) -> SessionStore:
        return storage.PostgresSessions(self.database)

    @cached_property
    def standing_tasks(self) -> StandingTaskStore:
        return storage.PostgresStandingTasks(self.database)

    @cached_property
    def surveys(self) -> SurveyStore:
        return storage.PostgresSurveys(self.database)

    @cached_property
    def threads(self) -> Threads:
        texts = CaseTexts(evidence=self.evidence, remaker=self.remaker, render=self.render_again)
        return Threads(store=self.cases, calendar=self.policy.calendar, texts=texts)

    @cached_property
    def unsubscribes(self) -> UnsubscribeStore:
        return storage.PostgresUnsubscribes(self.database)
