"""The services of the handlers: the process creates them once, each request looks them up."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from aiohttp import web

from hub.access.attempts import SignInDeps
from hub.access.check_rate import CheckRate
from hub.access.code_rate import CodeRate
from hub.access.inbox_tokens import InboxTokens
from hub.access.link_rate import OF_A_FILE, OF_A_WALL, LinkRate
from hub.access.lockout import AddressThrottle
from hub.access.passwords import Passwords
from hub.access.resident_links import ResidentLinks
from hub.access.survey_links import SurveyLinks
from hub.cloudevents import decode
from hub.desk.channels.state import Depths
from hub.desk.nouns import NOUNS
from hub.desk.surveys.acts import changed as surveys_changed
from hub.doors.live import marks_of as desk_marks
from hub.model import Event, Json, PropertyScope
from hub.operations.genuine import GenuineDeps
from hub.operations.message_words import MessageWords
from hub.operations.now.answer import Activity
from hub.operations.residents.acts import ResidentActs
from hub.operations.residents.own_message import OwnMessages
from hub.operations.residents.sign_in import ResidentSignIn
from hub.parts.stores import Stores
from hub.ports.traces import Tracer
from hub.resilience.tallies import Tallies
from hub.storage import RedisPresence
from hub.storage.activity import AffectedPeople
from hub.web.auth.api_key_cache import Keyring
from hub.web.auth.session_streams import SessionStreams
from hub.web.console.login_queue import Queue
from hub.web.inbox_streams import InboxStreams
from hub.web.live import LiveChanges, marks_of, with_count
from hub.web.looks import Looks
from hub.web.monitoring.remembered import Remembered
from hub.web.service_parts import Access, Hooks, Monitoring, Refuse


@dataclass(frozen=True, kw_only=True)
class Services(Stores):
    """The stores, and the other parts of API, pages and hooks: senders, brakes, the doorkeeper."""

    amqp_user: str | None
    keyring: Keyring
    refuse: Refuse
    hooks: Hooks
    monitoring: Monitoring
    tracer: Tracer | None = None
    presence: RedisPresence | None = None
    """Who of the staff has which case open; None: nobody is told."""
    passwords: Passwords = field(default_factory=Passwords)
    """Made at the start: the first sign-in waits no longer than the next."""
    login_queue: Queue = field(default_factory=lambda: Queue(AddressThrottle(time.monotonic)))
    """Slows down an address whose sign-ins fail."""
    survey_brake: AddressThrottle = field(default_factory=lambda: AddressThrottle(time.monotonic))
    """Refuses a survey's link that is used too often."""
    link_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic))
    """The rate at which the link to one document may be opened."""
    check_rate: CheckRate = field(default_factory=lambda: CheckRate(time.monotonic))
    """The rate at which wrong codes of messages may be tried."""
    poster_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic, free=OF_A_WALL))
    """The rate at which the link of one poster may be opened."""
    calendar_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic))
    """The rate at which the calendar of one account may be read."""
    resident_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic))
    """The rate at which the page of one message may be opened, and its button pressed."""
    resident_brake: AddressThrottle = field(default_factory=lambda: AddressThrottle(time.monotonic))
    """The rate at which one person may act on the own page."""
    resident_bytes: Tallies = field(default_factory=lambda: Tallies(time.monotonic, 3600.0))
    """The bytes that one person has sent from there within an hour."""
    code_rate: CodeRate = field(default_factory=CodeRate)
    """The rate at which the one-time codes of one person may be requested."""
    download_rate: LinkRate = field(default_factory=lambda: LinkRate(time.monotonic, free=OF_A_FILE))
    """The rate at which one person may load all of their data."""

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
        return SurveyLinks(public_url=self.settings.links_url, ring=self.ring, rules=self.policy.surveys)

    @cached_property
    def genuine_checks(self) -> GenuineDeps:
        return GenuineDeps(codes=self.company.genuine_codes, store=self.genuine, publisher=self.publisher)

    @cached_property
    def resident_links(self) -> ResidentLinks:
        lifetime = self.policy.residents.link_lifetime
        return ResidentLinks(public_url=self.settings.links_url, ring=self.ring, lifetime=lifetime)

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
    def session_streams(self) -> SessionStreams:
        """The sessions of open streams, which end with them."""
        return SessionStreams(self.sessions, self.now)

    @cached_property
    def looks(self) -> Looks:
        """The looks of pages that stay open, as far as they are in the audit."""
        return Looks()

    @cached_property
    def changes(self) -> LiveChanges:
        """The open pages of the console, which hear what changes."""
        marks = {**marks_of(self.monitoring.counts, self.log), **desk_marks(NOUNS, self)}
        marks["dead"] = with_count(marks["dead"], self.monitoring.counts, "dead")
        marks["surveys"] = partial(surveys_changed, self)
        return LiveChanges(marks, of_case=self._case_mark)

    async def _case_mark(self, case: str) -> object:
        """Return the mark of a case: it differs too once a colleague comes to its page or goes."""
        there = await self.presence.there(case) if self.presence is not None else ()
        return await self.casework.case_mark(case), tuple(there)

    async def who_waits(self, channel: str, *, places: PropertyScope) -> AffectedPeople:
        ask = partial(self.activity.waiting, channel, places=places)
        return await self.waits.get((channel, places), ask)

    @cached_property
    def waits(self) -> Remembered[tuple[str, PropertyScope], AffectedPeople]:
        """The people who wait for a broken channel: in an outage many look, and the database is busy."""
        return Remembered()

    @cached_property
    def lately(self) -> Remembered[PropertyScope, Activity]:
        """The activity of the last day, by the copropiedades that somebody reaches."""
        return Remembered()

    @cached_property
    def depths(self) -> Remembered[None, Depths]:
        """The length of each queue a moment ago: each look asks the broker for all of them."""
        return Remembered()

    @cached_property
    def message_words(self) -> MessageWords:
        return MessageWords(
            evidence=self.evidence,
            events=self.explain,
            letters=self.letters.words,
            remaker=self.remaker,
            render=self.render_again,
        )

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
