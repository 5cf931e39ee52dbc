"""What the handlers need from outside: stores, senders, brakes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hub.access.check_rate import CheckRate
from hub.access.code_rate import CodeRate
from hub.access.keyring import KeyRing
from hub.access.link_rate import OF_A_FILE, OF_A_WALL, LinkRate
from hub.access.lockout import AddressThrottle
from hub.access.passwords import Passwords
from hub.access.poster_links import PosterLinks
from hub.cloudevents.schemas import Schemas
from hub.model import Brand
from hub.operations.cases.texts import Render
from hub.operations.constancia.make import Constancias
from hub.operations.gallery import Gallery
from hub.operations.letters import LetterPrinter
from hub.operations.person_export.make import PersonExports
from hub.operations.posters import Posters
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
from hub.ports.receipts import ReportStore
from hub.ports.survey_list import SurveyListStore
from hub.ports.traces import Tracer
from hub.rendering.identities import Look
from hub.settings import Settings
from hub.web.auth.api_key_cache import Keyring
from hub.web.console.login_queue import Queue
from hub.web.service_parts import DryRunner, Hooks, Monitoring, Refuse


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """What the process gives to the API, the pages and the hooks; `Services` has what is made of it."""

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
    search: SearchStore
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
