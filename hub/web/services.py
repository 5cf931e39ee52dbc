"""The dependencies of the handlers: the process creates them once, each request looks them up."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, Protocol, Self, TypeAlias

from aiohttp import web
from prometheus_client import CollectorRegistry

from hub.access.attempts import SignInDeps
from hub.access.check_rate import CheckRate
from hub.access.code_rate import CodeRate
from hub.access.genuine_codes import GenuineCodes
from hub.access.inbox_tokens import InboxTokens
from hub.access.keyring import KeyRing
from hub.access.link_rate import OF_A_FILE, OF_A_WALL, LinkRate
from hub.access.lockout import AddressThrottle
from hub.access.passwords import Passwords
from hub.access.poster_links import PosterLinks
from hub.access.refusals import Refusals
from hub.access.resident_links import ResidentLinks
from hub.access.survey_links import SurveyLinks
from hub.channels.sms.hooks import Addresses
from hub.channels.sms.spec_loader import Hook, read_hooks
from hub.channels.sms.twilio_reports import twilio_tokens
from hub.channels.whatsapp.reports import Keys, keys_of
from hub.cloudevents import decode
from hub.cloudevents.schemas import Schemas
from hub.errors import InvalidEvent
from hub.inbound.unsubscribe import UnsubscribeLinks
from hub.intake.dry_run_answer import DryRun
from hub.model import Brand, DeadLetter, Event, Json, PropertyScope, RawMessage, Reply
from hub.operations.cases.acts import CaseActs
from hub.operations.cases.replies import ReplyActs
from hub.operations.cases.texts import CaseTexts, Render
from hub.operations.cases.thread import Threads
from hub.operations.channels import Depths
from hub.operations.clocks.board import Clocks
from hub.operations.constancia.make import Constancias
from hub.operations.evidence import Remaker
from hub.operations.gallery import Gallery
from hub.operations.genuine import GenuineDeps
from hub.operations.letters import LetterPrinter
from hub.operations.message_words import MessageWords
from hub.operations.now import Activity, NowDeps
from hub.operations.person_export.make import PersonExports
from hub.operations.person_overview import PersonOverviews
from hub.operations.posters import Posters
from hub.operations.residents.acts import ResidentActs
from hub.operations.residents.own_file import OwnFiles
from hub.operations.residents.own_message import OwnMessages
from hub.operations.residents.sign_in import ResidentSignIn
from hub.operations.search.search import SearchDeps
from hub.policy import Policy
from hub.ports import (
    AccountStore,
    ActivityStore,
    Appointments,
    AuditStore,
    BatchStore,
    BulkStore,
    CancelStore,
    CaseStore,
    CaseworkStore,
    ContactStore,
    DirectoryHistoryStore,
    DocumentStore,
    ErasureStore,
    EscalationStore,
    ExclusionLists,
    ExplainStore,
    GenuineStore,
    HeadcountStore,
    InboxStore,
    IncidentLog,
    KeyStore,
    LetterStore,
    LogStore,
    MessageActs,
    PauseStore,
    PreferenceStore,
    Publisher,
    ReachStore,
    RecipientStore,
    RedriveStore,
    ResidentAccess,
    ResidentStore,
    SearchStore,
    SecondFactorStore,
    SessionStore,
    SubscriptionStore,
    SurveyStore,
    UnsubscribeStore,
    WebhookCalls,
    WebhookStore,
)
from hub.ports.evidence import EvidenceStore
from hub.ports.people_list import PeopleListStore
from hub.ports.receipts import ReceiptStore, ReportStore
from hub.ports.survey_list import SurveyListStore
from hub.ports.traces import Tracer
from hub.rendering.identities import Look
from hub.settings import Settings
from hub.sla.ack_links import Links
from hub.web.auth.api_key_cache import Keyring
from hub.web.console.login_queue import Queue
from hub.web.inbox_streams import InboxStreams
from hub.web.live import LiveChanges, marks_of
from hub.web.monitoring.counts import Counted
from hub.web.monitoring.gauges import Figures
from hub.web.monitoring.reach_gauges import ReachGauges
from hub.web.monitoring.remembered import Remembered
from hub.web.monitoring.survey_gauges import SurveyGauges

Ready: TypeAlias = Callable[[], Awaitable[Mapping[str, bool]]]
"""Returns server name → whether it answers."""
Refuse: TypeAlias = Callable[[Sequence[tuple[RawMessage, InvalidEvent]]], Awaitable[Sequence[DeadLetter]]]
"""Stores refused events as dead letters and returns these in the same order. May raise Unavailable."""
TakeReply: TypeAlias = Callable[[Reply], Awaitable[None]]
"""Processes a person's reply; safe to repeat. May raise Unavailable."""


class DryRunner(Protocol):
    """Tells what events would do. May raise TooLarge, Unavailable."""

    async def __call__(self, events: Sequence[Event], *, everybody: bool) -> DryRun:
        """Without `everybody` only people whom the events name are listed."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """How callers are identified. The metrics listener knows only HUB_API_KEY."""

    settings: Settings
    keyring: Keyring | None = None
    sign_in: SignInDeps | None = None
    inbox_tokens: InboxTokens | None = None
    refusals: Refusals = field(default_factory=lambda: Refusals(time.monotonic))

    @property
    def api_key(self) -> str | None:
        """HUB_API_KEY."""
        return self.settings.api_key.reveal() if self.settings.api_key else None


async def _never_paused() -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """The sources of health and metrics."""

    ready: Ready
    registry: CollectorRegistry
    counts: Counted
    gauges: Figures
    surveys: SurveyGauges
    reach: ReachGauges
    paused: Callable[[], Awaitable[bool]] = _never_paused
    """Returns whether everything is paused."""


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """What verifies and processes the calls of providers and signed links."""

    twilio_tokens: tuple[str, ...]
    """Any of these tokens may sign a report; without tokens the hooks answer 404."""
    sms: Mapping[str, Hook]
    """Provider name → hook, for providers with a `?spec=` file."""
    sms_addresses: Addresses
    whatsapp: Keys
    links: Links
    unsubscribing: UnsubscribeLinks
    receipts: ReceiptStore
    take_reply: TakeReply

    @classmethod
    def of(cls, settings: Settings, ring: KeyRing, *, receipts: ReceiptStore, take_reply: TakeReply) -> Self:
        """Read the providers' hooks from the settings. Raises ConfigurationError."""
        return cls(
            twilio_tokens=twilio_tokens(settings),
            sms=read_hooks(settings),
            sms_addresses=Addresses(public_url=settings.public_url, ring=ring),
            whatsapp=keys_of(settings),
            links=Links(public_url=settings.public_url, ring=ring),
            unsubscribing=UnsubscribeLinks(public_url=settings.public_url, ring=ring),
            receipts=receipts,
            take_reply=take_reply,
        )


@dataclass(frozen=True, kw_only=True)
class Services:
    """The dependencies of the API, the page and the hooks."""

    settings: Settings
    policy: Policy
    schemas: Schemas
    now: Callable[[], datetime]
    publisher: Publisher
    amqp_user: str | None
    """The hub's own user of RabbitMQ, in whose name it publishes."""
    appointments: Appointments

    accounts: AccountStore
    activity: ActivityStore
    api_keys: KeyStore
    audit: AuditStore
    batches: BatchStore
    bulk: BulkStore
    cases: CaseStore
    casework: CaseworkStore
    render_again: Render
    constancias: Constancias
    person_exports: PersonExports
    contacts: ContactStore
    directory: DirectoryHistoryStore
    documents: DocumentStore
    dry_run: DryRunner
    erasures: ErasureStore
    escalations: EscalationStore
    evidence: EvidenceStore
    exclusions: ExclusionLists
    explain: ExplainStore
    factors: SecondFactorStore
    genuine: GenuineStore
    headcount: HeadcountStore
    inbox: InboxStore
    incidents: IncidentLog
    letters: LetterStore
    log: LogStore
    mail_reports: ReportStore
    message_acts: MessageActs
    pauses: PauseStore
    people_list: PeopleListStore
    posters: Posters
    preferences: PreferenceStore
    poster_links: PosterLinks
    letter_printer: LetterPrinter
    cancel: CancelStore
    reach: ReachStore
    recipients: RecipientStore
    redrive: RedriveStore
    resident_access: ResidentAccess
    residents: ResidentStore
    look: Callable[[Brand | None], Look]
    """The identity of a copropiedad; of the company without one."""
    gallery: Callable[[], Gallery]
    """All texts of the hub. It reads their files at its first call."""
    searching: SearchStore
    sessions: SessionStore
    subscriptions: SubscriptionStore
    survey_list: SurveyListStore
    surveys: SurveyStore
    unsubscribes: UnsubscribeStore
    webhooks: WebhookStore
    webhook_calls: WebhookCalls

    keyring: Keyring
    ring: KeyRing
    """Signs the cookies of known devices and the tokens of inboxes; seals the secrets of second factors."""
    refuse: Refuse
    hooks: Hooks
    monitoring: Monitoring
    tracer: Tracer | None = None
    passwords: Passwords = field(default_factory=Passwords)
    login_queue: Queue = field(default_factory=lambda: Queue(AddressThrottle(time.monotonic)))
    """Slows down an address whose sign-ins fail."""
    survey_brake: AddressThrottle = field(default_factory=lambda: AddressThrottle(time.monotonic))
    """Refuses a survey's link that is used too often."""
    link_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic))
    """How often the link to one document may be opened."""
    check_rate: CheckRate = field(default_factory=lambda: CheckRate(time.monotonic))
    """How many wrong codes of messages may be tried."""
    poster_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic, free=OF_A_WALL))
    """How often the link of one poster may be opened."""

    resident_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic))
    """How often the page of one message may be opened, and its button pressed."""
    resident_brake: AddressThrottle = field(default_factory=lambda: AddressThrottle(time.monotonic))
    """How often one person may act on the own page."""
    code_rate: CodeRate = field(default_factory=CodeRate)
    """How often the one-time codes of one person may be asked for."""
    download_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic, free=OF_A_FILE))
    """How often one person may load everything that is held."""

    @cached_property
    def access(self) -> Access:
        return Access(
            settings=self.settings,
            keyring=self.keyring,
            sign_in=self.sign_in,
            inbox_tokens=self.inbox_tokens,
        )

    @cached_property
    def inbox_tokens(self) -> InboxTokens:
        return InboxTokens(ring=self.ring, now=self.now)

    @cached_property
    def survey_links(self) -> SurveyLinks:
        return SurveyLinks(public_url=self.settings.public_url, ring=self.ring, rules=self.policy.surveys)

    @cached_property
    def genuine_checks(self) -> GenuineDeps:
        codes = GenuineCodes(
            public_url=self.settings.public_url, ring=self.ring, channels=self.policy.codes.channels
        )
        return GenuineDeps(codes=codes, store=self.genuine, publisher=self.publisher)

    @cached_property
    def resident_links(self) -> ResidentLinks:
        lifetime = self.policy.residents.link_lifetime
        return ResidentLinks(public_url=self.settings.public_url, ring=self.ring, lifetime=lifetime)

    @cached_property
    def own_messages(self) -> OwnMessages:
        return OwnMessages(
            store=self.residents,
            evidence=self.evidence,
            remaker=self.remaker,
            look=self.look,
            calendar=self.policy.calendar,
        )

    @cached_property
    def own_files(self) -> OwnFiles:
        return OwnFiles(store=self.residents, calendar=self.policy.calendar)

    @cached_property
    def resident_acts(self) -> ResidentActs:
        return ResidentActs(publisher=self.publisher)

    @cached_property
    def resident_sign_in(self) -> ResidentSignIn:
        return ResidentSignIn(
            store=self.resident_access,
            publisher=self.publisher,
            notes=self.audit,
            ring=self.ring,
            rules=self.policy.residents,
            rate=self.code_rate,
            now=self.now,
        )

    @cached_property
    def streams(self) -> InboxStreams:
        """The open streams of inboxes, all served by one look at the database."""
        return InboxStreams(self.inbox)

    @cached_property
    def changes(self) -> LiveChanges:
        """The open pages of the console, which hear what changes."""
        marks = marks_of(
            bulk=self.bulk,
            counts=self.monitoring.counts,
            log=self.log,
            casework=self.casework,
            contacts=self.contacts,
            incidents=self.incidents,
            letters=self.letters,
            pauses=self.pauses,
        )
        return LiveChanges(marks, of_case=self.casework.case_mark)

    @cached_property
    def now_deps(self) -> NowDeps:
        return NowDeps(
            activity=self.activity,
            contacts=self.contacts,
            incidents=self.incidents,
            letters=self.letters,
            log=self.log,
            pauses=self.pauses,
            posters=self.posters.store,
        )

    @cached_property
    def lately(self) -> Remembered[PropertyScope, Activity]:
        """What was done in the last day, by the copropiedades that somebody reaches."""
        return Remembered()

    @cached_property
    def depths(self) -> Remembered[None, Depths]:
        """How much waited in each queue a moment ago: each look asks the broker for all of them."""
        return Remembered()

    @cached_property
    def overviews(self) -> PersonOverviews:
        return PersonOverviews(store=self.people_list, policy=self.policy)

    @cached_property
    def clocks(self) -> Clocks:
        return Clocks(log=self.log, appointments=self.appointments, calendar=self.policy.calendar)

    @cached_property
    def search(self) -> SearchDeps:
        return SearchDeps(store=self.searching, cases=self.cases)

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
    def reply_acts(self) -> ReplyActs:
        return ReplyActs(
            contacts=self.contacts,
            work=self.casework,
            accounts=self.accounts,
            notes=self.audit,
            acts=self.case_acts,
        )

    @cached_property
    def threads(self) -> Threads:
        texts = CaseTexts(evidence=self.evidence, remaker=self.remaker, render=self.render_again)
        return Threads(store=self.cases, calendar=self.policy.calendar, texts=texts)

    @cached_property
    def message_words(self) -> MessageWords:
        return MessageWords(
            evidence=self.evidence,
            events=self.explain,
            letters=self.letters,
            remaker=self.remaker,
            render=self.render_again,
        )

    @cached_property
    def remaker(self) -> Remaker:
        return Remaker(self.evidence)

    @cached_property
    def sign_in(self) -> SignInDeps:
        return SignInDeps(
            accounts=self.accounts,
            sessions=self.sessions,
            factors=self.factors,
            audit=self.audit,
            passwords=self.passwords,
            ring=self.ring,
            now=self.now,
            pepper=self.settings.api_key.reveal().encode() if self.settings.api_key else b"",
        )

    def check(self, body: bytes, content_type: str | None, headers: Mapping[str, Json]) -> Event:
        """Decode and validate an event received over HTTP. Raises InvalidEvent."""
        event = decode(body, content_type, headers)
        self.schemas.check(event, now=self.now())
        return event


ACCESS: Final = web.AppKey("access", Access)
MONITORING: Final = web.AppKey("monitoring", Monitoring)
SERVICES: Final = web.AppKey("services", Services)


def access(request: web.Request) -> Access:
    return request.app[ACCESS]


def monitoring(request: web.Request) -> Monitoring:
    return request.app[MONITORING]


def services(request: web.Request) -> Services:
    """Return the handlers' dependencies. The metrics listener has none."""
    return request.app[SERVICES]
