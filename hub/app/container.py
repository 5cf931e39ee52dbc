"""What the roles of a process share: policy, templates, and one of each connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Final, TypeVar

import structlog
from msgspec.structs import replace
from prometheus_client import REGISTRY

from hub import storage
from hub.access.document_keys import document_keys
from hub.access.genuine_codes import GenuineCodes
from hub.access.keyring import KeyRing
from hub.access.poster_links import PosterLinks
from hub.access.resident_links import ResidentLinks
from hub.access.survey_links import SURVEY, SurveyLinks
from hub.app.circuits import Circuits, report
from hub.app.signature_metrics import count
from hub.channels import ProviderLimits, build_channels, sender_address, texts_can_be_answered
from hub.channels.email.lists import list_name
from hub.channels.email.mime import compose
from hub.channels.email.verp import Verp
from hub.cloudevents.schemas import Schemas
from hub.consumers.broker import user_of
from hub.consumers.publisher import BrokerPublisher
from hub.consumers.topology import CHANNELS
from hub.contact_rules.purposes import REVOCABLE
from hub.errors import InvalidPolicy, MissingDocument
from hub.inbound.unsubscribe import UnsubscribeLinks
from hub.intake.sender_rates import SenderRates
from hub.messages.delivery.deps import Renderer
from hub.model import Brand, Claimed, Facts, Json, Lane, Message, Outgoing, Rendered, Sender, StoredEvent
from hub.model.posters import PosterPage, PosterSource
from hub.operations.constancia.make import Constancias
from hub.operations.letters import LetterPrinter
from hub.operations.person_export.make import PersonExports
from hub.operations.posters import Posters
from hub.operations.residents.sign_in import REQUESTED, unsealed
from hub.policy import Policy
from hub.policy.policy import load_tables, policy_of
from hub.ports import Channel
from hub.rendering import Templates
from hub.rendering.context import TO_STAFF
from hub.rendering.files import Folders
from hub.rendering.identities import Identities, Look
from hub.rendering.page_links import page_of
from hub.rendering.paper import make_pdf
from hub.rendering.paper.pages import Sheet, make_pages
from hub.rendering.sent_documents import SentDocuments
from hub.rendering.templates import BUILT_IN
from hub.rendering.wording import Wording, templates_of
from hub.resilience.breaker import Breakers
from hub.resilience.database_time import NOW
from hub.resilience.rate_limit import ThrottlePolicy
from hub.settings import Settings
from hub.sla.ack_links import Links

QUEUES: Final = tuple((channel, lane) for channel in CHANNELS for lane in Lane)
"""All pairs of channel and lane."""

Store = TypeVar("Store")
Opener = Callable[[Settings], AbstractAsyncContextManager[Store]]

log = structlog.get_logger()


class CompanyRules:
    """The company's policy and templates: loaded at first use, once for all roles of a process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _tables(self) -> Mapping[str, Json]:
        """The policy as its files state it: read once, so that what is kept of it is what is in use."""
        return load_tables(self._settings.policy)

    @cached_property
    def policy(self) -> Policy:
        return policy_of(self._tables)

    @cached_property
    def schemas(self) -> Schemas:
        return Schemas.load()

    @cached_property
    def templates(self) -> Templates:
        files = Folders(BUILT_IN, self._settings.templates)
        two_way = texts_can_be_answered(self._settings)
        made = templates_of(files, self.policy, sender=self.sender, two_way=two_way)
        if unknown := made.unknown_buttons():
            names = ", ".join(sorted(unknown))
            raise InvalidPolicy(f"residents.whatsapp: no template for residents alone is called {names}")
        return made

    @cached_property
    def wording(self) -> Wording:
        """What decides the words of the messages of this process."""
        return Wording.current(
            self._tables,
            sender=asdict(self.sender),
            two_way=texts_can_be_answered(self._settings),
            files=self.templates.files,
        )

    @cached_property
    def sender(self) -> Sender:
        company = self.policy.company
        address = sender_address(self._settings, self.policy)
        return Sender(name=company.name, address=address, reply_to=company.email)

    @cached_property
    def verp(self) -> Verp | None:
        """The addresses for bounces and replies; None where the hub receives no mail."""
        domain = self._settings.mail_domain
        return Verp(domain, self.ring) if domain else None

    @cached_property
    def ring(self) -> KeyRing:
        return KeyRing(self._settings.secrets, count)

    @cached_property
    def survey_links(self) -> SurveyLinks:
        return SurveyLinks(public_url=self._settings.public_url, ring=self.ring, rules=self.policy.surveys)

    @cached_property
    def genuine_codes(self) -> GenuineCodes:
        return GenuineCodes(
            public_url=self._settings.public_url, ring=self.ring, channels=self.policy.codes.channels
        )

    @cached_property
    def resident_links(self) -> ResidentLinks:
        return ResidentLinks(
            public_url=self._settings.public_url,
            ring=self.ring,
            lifetime=self.policy.residents.link_lifetime,
            carriers=self.policy.residents.carriers,
        )

    def look(self, brand: Brand | None) -> Look:
        """Return how a copropiedad looks; without its own identity, the company."""
        return self._identities.of("", {}, brand)

    @cached_property
    def _identities(self) -> Identities:
        """Apart from the templates: the pages of residents need none of them."""
        return Identities(self.policy.senders, self.sender)

    @cached_property
    def sent_documents(self) -> SentDocuments:
        """What messages have of the documents of their events."""
        return SentDocuments(
            public_url=self._settings.public_url,
            ring=self.ring,
            lifetime=self.policy.documents.link_lifetime,
        )

    def renderer(self) -> Renderer:
        """
        Load the templates now and return the function that renders a claimed message.

        Now, because a company template that does not compile must prevent the start; found at the
        first message it would fail that message.
        """
        templates, public_url, verp = self.templates, self._settings.public_url, self.verp
        links, surveys = Links(public_url=public_url, ring=self.ring), self.survey_links
        unsubscribing = UnsubscribeLinks(public_url=public_url, ring=self.ring)
        documents, codes, residents = self.sent_documents, self.genuine_codes, self.resident_links
        carriers, linked = codes.carriers, residents.usable

        def link_of(claimed: Claimed) -> str | None:
            if claimed.message.event == SURVEY:
                return surveys.of(claimed)
            return links.of(claimed) if claimed.message.purpose in TO_STAFF else None

        def code_of(claimed: Claimed) -> str:
            data = claimed.data or {}
            return unsealed(self.ring, data["request_id"], data["sealed_code"])

        def render(claimed: Claimed) -> Rendered:
            message, now = claimed.message, NOW()
            # Most messages are not to staff: nothing more is called for them.
            page = page_of(claimed, public_url) if message.purpose in TO_STAFF else None
            code = code_of(claimed) if message.event == REQUESTED else ""
            facts = Facts(
                at=now,
                building=claimed.building,
                unit=claimed.unit,
                due=dict(claimed.due),
                link=link_of(claimed),
                page=page,
                late=claimed.late,
                party=claimed.party,
                reply_to=verp.reply_address(message.id) if verp and message.channel == "email" else "",
                brand=claimed.brand.digest if claimed.brand else None,
                unsubscribe=unsubscribing.of(message) if message.purpose in REVOCABLE else "",
                # Staff has the page of the case.
                own_page=residents.of(message, now) if linked and page is None and not code else "",
                list_id=""
                if message.lane is Lane.NORMAL and message.purpose not in REVOCABLE
                else list_name(claimed),
                document=None if claimed.document is None else documents.of(claimed, now),
                answer_until=surveys.answer_until(claimed) if message.event == SURVEY else None,
                # As for pages: of most messages nothing more is called.
                genuine=codes.link(message) if message.channel in carriers else None,
                code=code,
            )
            rendered = templates.render_claimed(claimed, facts)
            return replace(rendered, facts=facts)

        return render

    def render_again(self, claimed: Claimed) -> Rendered:
        """
        Render a message with the texts and links of today, for who reads its case.

        It may have a link that acts in its recipient's name, which its reader must not see.
        """
        public_url = self._settings.public_url
        links = Links(public_url=public_url, ring=self.ring)
        is_survey = claimed.message.event == SURVEY
        link = self.survey_links.shown(claimed) if is_survey else links.of(claimed)
        until = self.survey_links.answer_until(claimed) if is_survey else None
        facts = Facts(at=NOW(), link=link, page=page_of(claimed, public_url), answer_until=until)
        return self.templates.render_claimed(claimed, facts)

    @cached_property
    def poster_links(self) -> PosterLinks:
        return PosterLinks(public_url=self._settings.public_url, ring=self.ring)

    def render_poster(self, poster: PosterSource) -> Rendered:
        """Render a poster with the texts of now. Raises TemplateFailure."""
        return self.templates.render_board(poster, self.poster_links.of(poster.id))

    async def set_poster(self, page: PosterPage) -> bytes:
        """Return the PDF of a poster's page. Raises PaperFailure."""
        size = self.policy.paper.size
        made = await make_pages([Sheet(html=page.html)], size=size, at=NOW(), title=page.title)
        return made.pdf

    def prints(self, letter: Message, about: StoredEvent) -> bool:
        """Return whether this letter can be made without its document; false if it would only link to it."""
        event = about.event
        claimed = Claimed(
            message=letter,
            attempt=1,
            event_time=event.time,
            source=event.source,
            data=event.data,
            building=None,
            unit=None,
        )
        try:
            self.render_again(claimed)
        except MissingDocument:
            return False
        except Exception:
            # A fault of a template must not keep the alert and the letter: the letter has it as its own.
            log.exception("letter.unjudged", message_id=str(letter.id))
        return True

    def compose(self, outgoing: Outgoing) -> bytes:
        """Return the bytes of an email; raises PermanentFailure."""
        return compose(outgoing, sender=self.sender)


@dataclass(frozen=True, kw_only=True)
class Container:
    """One of each connection, closed together. They connect at first use."""

    settings: Settings
    company: CompanyRules
    database: storage.Database
    publisher: BrokerPublisher
    appointments: storage.RedisAppointments
    breakers: Breakers
    throttle: storage.RedisThrottle
    sender_rates: SenderRates

    def channels(self) -> dict[str, Channel]:
        """Build the channels that are configured."""
        return build_channels(
            self.settings,
            self.company.policy,
            compose=self.company.compose,
            verp=self.company.verp,
            store_inbox=storage.PostgresInbox(self.database).add,
            store_letter=storage.PostgresLetters(self.database).add,
            guards=ProviderLimits(breakers=self.breakers, throttle=self.throttle),
        )


@asynccontextmanager
async def open_parts(settings: Settings, name: str) -> AsyncIterator[Container]:
    """Open the components of one process; `name` is shown to RabbitMQ's operator."""
    company = CompanyRules(settings)
    breakers = Breakers(company.policy.breaker, report)
    circuits = Circuits(breakers)
    REGISTRY.register(circuits)
    async with AsyncExitStack() as stack:
        stack.callback(REGISTRY.unregister, circuits)
        yield Container(
            settings=settings,
            company=company,
            database=await stack.enter_async_context(storage.Database(settings.database_url.reveal())),
            publisher=await stack.enter_async_context(open_publisher(settings, f"hub {name} publisher")),
            appointments=await stack.enter_async_context(open_appointments(settings)),
            breakers=breakers,
            throttle=await stack.enter_async_context(_throttle(settings, company.policy.throttle)),
            sender_rates=SenderRates(company.policy.intake, own=user_of(settings.amqp_url.reveal())),
        )


def _opener(make: Callable[[storage.Database], Store], *, size: int = 2) -> Opener[Store]:
    """Return a function that opens one store for a command; `size` limits its connections."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Store]:
        async with storage.Database(settings.database_url.reveal(), size=size) as database:
            yield make(database)

    return opened


open_accounts: Final = _opener(storage.PostgresAccounts)
open_audit: Final = _opener(storage.PostgresAudit)
open_cases: Final = _opener(storage.PostgresCases)
open_contacts: Final = _opener(storage.PostgresContacts)
open_documents: Final = _opener(storage.PostgresDocuments)


@asynccontextmanager
async def open_exclusions(settings: Settings) -> AsyncIterator[storage.PostgresExclusions]:
    """Open the lists of the register of excluded numbers, with the keys of their hashes."""
    async with storage.Database(settings.database_url.reveal(), size=1) as database:
        yield storage.PostgresExclusions(database, KeyRing(settings.secrets))


open_imports: Final = _opener(storage.PostgresImports, size=1)
open_evidence: Final = _opener(storage.PostgresEvidence)
open_retention: Final = _opener(storage.PostgresRetention)
open_erasures: Final = _opener(storage.PostgresErasures)
open_explain: Final = _opener(storage.PostgresExplain)
open_keys: Final = _opener(storage.PostgresKeys)
open_letters: Final = _opener(storage.PostgresLetters)
open_batches: Final = _opener(storage.PostgresBatches)
open_log: Final = _opener(storage.PostgresLog)
open_pauses: Final = _opener(storage.PostgresPauses)
open_redrive: Final = _opener(storage.PostgresRedrive)
open_directory_history: Final = _opener(storage.PostgresDirectoryHistory)
open_preferences: Final = _opener(storage.PostgresPreferences)
open_subscriptions: Final = _opener(storage.PostgresSubscriptions)
open_surveys: Final = _opener(storage.PostgresSurveys)
open_webhooks: Final = _opener(storage.PostgresWebhooks)
open_secrets: Final = _opener(storage.PostgresSecrets)
open_months: Final = _opener(storage.PostgresMonths)
open_mail_reports: Final = _opener(storage.PostgresMailReports)
open_monitor: Final = _opener(partial(storage.PostgresMonitor, queues=QUEUES))


def constancias_of(database: storage.Database, company: CompanyRules) -> Constancias:
    """Return what makes constancias, signed with the key of the hub's first secret."""
    return Constancias(
        threads=storage.PostgresCases(database),
        store=storage.PostgresConstancias(database),
        calendar=company.policy.calendar,
        company=company.policy.company.name,
        pdf=make_pdf,
        look=company.look,
        key=lambda: document_keys(company.ring)[0],
    )


def person_exports_of(database: storage.Database, company: CompanyRules) -> PersonExports:
    """Return what hands a person over what the hub holds of them."""
    return PersonExports(
        held=storage.PostgresPersonExport(database),
        directory=storage.PostgresDirectoryHistory(database),
        threads=storage.PostgresCases(database),
        said=storage.PostgresConstancias(database),
        audit=storage.PostgresAudit(database),
        company=company.policy.company.name,
    )


@asynccontextmanager
async def open_person_exports(settings: Settings) -> AsyncIterator[PersonExports]:
    """Open what makes exports for a command."""
    async with storage.Database(settings.database_url.reveal(), size=2) as database:
        yield person_exports_of(database, CompanyRules(settings))


def posters_of(database: storage.Database, company: CompanyRules) -> Posters:
    """Return what makes posters, with the company's texts and paper."""
    return Posters(
        store=storage.PostgresPosters(database), render=company.render_poster, set_page=company.set_poster
    )


def letter_printer_of(database: storage.Database, company: CompanyRules) -> LetterPrinter:
    """Return what puts letters on paper."""
    return LetterPrinter(
        store=storage.PostgresBatches(database),
        documents=storage.PostgresDocuments(database),
        make=make_pages,
        posters=posters_of(database, company).of_batch,
        size=company.policy.paper.size,
    )


def _company_opener(make: Callable[[storage.Database, CompanyRules], Store]) -> Opener[Store]:
    """Return a function that opens for a command what needs the company's rules besides the database."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Store]:
        async with storage.Database(settings.database_url.reveal(), size=2) as database:
            yield make(database, CompanyRules(settings))

    return opened


open_constancias: Final = _company_opener(constancias_of)
open_posters: Final = _company_opener(posters_of)
open_letter_printer: Final = _company_opener(letter_printer_of)


def open_appointments(settings: Settings) -> AbstractAsyncContextManager[storage.RedisAppointments]:
    """Open the appointments and the boards of clocks."""
    return aclosing(storage.RedisAppointments(settings.redis_url.reveal()))


def open_publisher(
    settings: Settings, name: str = "hub command"
) -> AbstractAsyncContextManager[BrokerPublisher]:
    """Open a publisher with confirms; `name` is shown to RabbitMQ's operator."""
    return aclosing(BrokerPublisher(settings.amqp_url.reveal(), name))


def _throttle(
    settings: Settings, policy: ThrottlePolicy
) -> AbstractAsyncContextManager[storage.RedisThrottle]:
    url = settings.redis_url.reveal()
    return aclosing(
        storage.RedisThrottle(url, urgent_share=policy.urgent_share, local_share=policy.local_share)
    )
