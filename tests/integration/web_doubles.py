"""A hub of a few lines for the tests of the web: lists instead of servers, behind the real ports."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
from aiohttp import DummyCookieJar, hdrs, web
from aiohttp.test_utils import TestClient, TestServer
from msgspec import structs
from multidict import istr
from prometheus_client import CollectorRegistry
from yarl import URL

from hub.access.keyring import KeyRing
from hub.access.passwords import Passwords
from hub.cloudevents.schemas import Schemas
from hub.errors import AppointmentsUnavailable, BrokerUnavailable, InvalidEvent
from hub.intake.process_batch import refuse
from hub.model import (
    Clock,
    ClockState,
    DeadLetter,
    EscalationStatus,
    Event,
    Json,
    Lane,
    LiveClock,
    MarkEntry,
    MarkReason,
    Period,
    PreferenceEntry,
    Promise,
    PromiseRecord,
    PropertyScope,
    RawMessage,
)
from hub.model import Reply as Answered
from hub.model.audiences import UnreachedRow
from hub.model.contracts import ContractDecision
from hub.model.emergencies import DueCall, OpenEmergency, UnreachedPerson
from hub.model.genuine import GenuineMessage, SoughtMessage
from hub.model.ids import body_id
from hub.model.message_rows import ListedMessage, ShownMessage
from hub.model.pages import Row, Rows
from hub.model.reach import PlaceReach
from hub.model.residents import (
    KnownResident,
    OwnConversation,
    ResidentCode,
    ResidentFile,
    ResidentMessage,
    ResidentSession,
    SentLine,
)
from hub.model.step_messages import ToldByName
from hub.model.surveys import Respondent, RespondentPage, Survey, SurveyRecord, SurveyRound
from hub.parts.company import CompanyRules
from hub.parts.renderer import render_again
from hub.parts.texts import lazy_gallery
from hub.policy import load_policy
from hub.ports import BoardFilter, Cause, Causes, MessageFilter, Ticket
from hub.ports.publisher import NOWHERE
from hub.ports.receipts import ReceiptStore
from hub.settings import load
from hub.storage import (
    Database,
    PostgresEvidence,
    PostgresReceipts,
)
from hub.storage.activity import (
    AcceptedMessages,
    AffectedPeople,
    ChannelOfMessages,
    HourOfMessages,
    OverdueWork,
    RejectedEvents,
)
from hub.testing import (
    MemoryAccounts,
    MemoryAudit,
    MemoryKeys,
    MemoryMonitor,
    MemorySecondFactors,
    MemoryStore,
)
from hub.web.application import build
from hub.web.auth.api_key_cache import Keyring
from hub.web.monitoring.gauges import Figures, ReachGauges
from hub.web.monitoring.remembered import Counted
from hub.web.monitoring.survey_gauges import SurveyGauges
from hub.web.service_parts import Hooks, Monitoring
from hub.web.services import Services
from tests.contract.stores import stores_in
from tests.doubled import away, with_doubles
from tests.unit.factories import CHANNELS

NOON = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
POLICY = load_policy()
RULES = CompanyRules(load({}))
SCHEMAS = Schemas.load()
PASSWORDS = Passwords(memory=8, rounds=1)
"""Fast, and as weak as that."""


LIVE = {"queued", "sending", "held", "retrying", "open", "at_risk", "breached"}


def message_row(**fields: Json) -> ShownMessage:
    """One row as the log shows it."""
    message_id = fields.pop("id", None) or uuid4()
    values = {
        "id": message_id,
        "event_key": message_id,
        "event_id": "evt-1",
        "event": "pqrs.received",
        "person": "per-001",
        "channel": "email",
        "purpose": "transactional",
        "state": "sent",
        "reason": None,
        "next_at": None,
        "created_at": NOON,
        "skipped": [],
        "name": "María",
        "address": "maria@example.com",
        "occasion": "initial",
        "case": None,
        "attempts": [],
        "masked": False,
        "named": True,
        "may_unmask": True,
        **fields,
    }
    return msgspec.convert(values, ShownMessage)


def clock_row(**fields: Any) -> Clock:
    """A promise of a day, without steps."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "case": "PQRS-1",
        "name": "first_reply",
        "state": ClockState.OPEN,
        "started_at": NOON,
        "due_at": NOON + timedelta(days=2),
        "level": 1,
        "promise": Promise(target=timedelta(days=1)),
        "steps": (),
    }
    return Clock(**{**values, **fields})


def dead_letter(body: bytes = b"{}", **fields: Any) -> DeadLetter:
    values: dict[str, Any] = {
        "id": body_id(body, "pqrs.received"),
        "received_at": NOON,
        "reason": "data.radicado: required",
        "field": "data.radicado",
        "event_type": "co.coproservicios.pqrs.received.v1",
        "event_id": "evt-9",
        "source": "urn:coproservicios:crm",
        "routing_key": "pqrs.received",
        "content_type": "application/cloudevents+json",
        "headers": {},
        "body": body,
    }
    return DeadLetter(**{**values, **fields})


async def bury(database: Database, *letters: DeadLetter) -> None:
    """Store dead letters as intake does."""
    await stores_in(database).add_dead_letters(*letters)


@dataclass
class MemoryLog:
    """`PostgresLog` over lists; a page's cursor is the place of its end. Rows belong to no copropiedad."""

    rows: list[ShownMessage] = field(default_factory=list)
    clock_rows: list[Clock] = field(default_factory=list)
    promises: dict[UUID, Clock] = field(default_factory=dict)
    kept: list[PromiseRecord] = field(default_factory=list)
    decisions: list[ContractDecision] = field(default_factory=list)
    contract_periods: list[tuple[Period, str | None, PropertyScope]] = field(default_factory=list)
    periods: list[tuple[Period, str | None, PropertyScope]] = field(default_factory=list)
    told: dict[UUID, list[ToldByName]] = field(default_factory=dict)
    letters: list[DeadLetter] = field(default_factory=list)
    unreached_rows: list[UnreachedRow] = field(default_factory=list)
    asked: list[MessageFilter] = field(default_factory=list)
    failure: Exception | None = None
    failed: int = 0

    async def messages(
        self, narrowed: MessageFilter, *, after: str | None, limit: int
    ) -> Rows[ListedMessage]:
        if self.failure:
            self.failed += 1
            raise self.failure
        self.asked.append(narrowed)
        wanted = {
            name: value
            for name in ("state", "channel", "event", "event_id", "person")
            if (value := getattr(narrowed, name)) is not None
        }
        seen = self.rows if narrowed.places is None else []
        found = [row for row in seen if all(getattr(row, name) == value for name, value in wanted.items())]
        listed = msgspec.convert(found, list[ListedMessage], from_attributes=True)
        return _rows(listed, after, limit)

    async def message(
        self, message_id: UUID, *, places: PropertyScope = None, whole: bool = False, named: bool = False
    ) -> ShownMessage | None:
        seen = self.rows if places is None else []
        found = next((row for row in seen if row.id == message_id), None)
        if found is None or whole:
            return found
        name = found.name if named else "M…"
        return structs.replace(found, name=name, address="m…@…", masked=True, named=named, may_unmask=False)

    async def causes(self, narrowed: MessageFilter, *, most: int) -> Causes:
        self.asked.append(narrowed)
        found = Counter((row.state, row.reason, row.channel) for row in self.rows[:most])
        causes = [
            Cause(state=state, reason=reason, channel=channel, count=count, newest=NOON)
            for (state, reason, channel), count in found.most_common()
        ]
        return Causes(items=causes, bounded=len(self.rows) > most)

    async def clocks(self, ids: Sequence[UUID]) -> Sequence[Clock]:
        rows = {row.id: row for row in self.clock_rows}
        return [rows[clock_id] for clock_id in ids if clock_id in rows]

    async def clock(self, clock_id: UUID, *, places: PropertyScope = None) -> Clock | None:
        return self.promises.get(clock_id) if places is None else None

    async def step_messages(
        self,
        event_ids: Collection[str],
        *,
        named: bool = False,  # noqa: ARG002 - as it was told
    ) -> Mapping[UUID, Sequence[ToldByName]]:
        return {
            clock_id: [one for one in told if f"{clock_id}:{one.step}" in event_ids]
            for clock_id, told in self.told.items()
        }

    async def recent_clocks(
        self, *, state: str | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Rows[Clock]:
        seen = self.clock_rows if places is None else []
        return _rows([row for row in seen if state in (None, row.state)], after, limit)

    async def clocks_of(
        self,
        places: Collection[str],  # noqa: ARG002 - the port's signature
        states: Collection[str],  # noqa: ARG002 - the same
        *,
        after: str | None,
        limit: int,
    ) -> Rows[Clock]:
        return _rows([], after, limit)

    async def board(self, asked: BoardFilter, *, after: str | None, limit: int) -> Rows[Clock]:
        return _rows([row for row in self.clock_rows if row.state in asked.states], after, limit)

    ended_clocks = board

    async def kept_promises(
        self, period: Period, *, area: str | None, places: PropertyScope = None
    ) -> Sequence[PromiseRecord]:
        self.periods.append((period, area, places))
        return self.kept

    async def contract_decisions(
        self, period: Period, *, area: str | None, places: PropertyScope = None
    ) -> Sequence[ContractDecision]:
        self.contract_periods.append((period, area, places))
        return self.decisions

    async def unreached(
        self, *, after: str | None, limit: int, places: PropertyScope = None, since: datetime | None = None
    ) -> Rows[UnreachedRow]:
        lately = [row for row in self.unreached_rows if since is None or row.found_at >= since]
        return _rows(lately if places is None else [], after, limit)

    async def live_counts(self) -> Mapping[str, Mapping[str, int]]:
        found = await self.counts()
        return {
            noun: {state: number for state, number in by_state.items() if state in LIVE}
            for noun, by_state in found.items()
        }

    async def counts(self, places: PropertyScope = None) -> Mapping[str, Mapping[str, int]]:
        if self.failure:
            raise self.failure
        if places is not None:
            return {"messages": {}, "clocks": {}, "dead": {}}
        return {
            "messages": _count(str(row.state) for row in self.rows),
            "clocks": _count(row.state.value for row in self.clock_rows),
            "dead": _count(letter.state for letter in self.letters),
        }


def _rows(rows: Sequence[Row], after: str | None, limit: int) -> Rows[Row]:
    start = int(after or 0)
    end = start + limit
    return Rows(items=list(rows[start:end]), next=str(end) if len(rows) > end else None)


def _count(states: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for state in states:
        counts[state] = counts.get(state, 0) + 1
    return counts


@dataclass
class MemoryBoards:
    """`Appointments` as far as the web looks at it."""

    log: MemoryLog
    away: bool = False
    forgotten: bool = False

    async def board(self, state: str, limit: int) -> Sequence[tuple[UUID, datetime]]:
        if self.away:
            raise AppointmentsUnavailable
        rows = [(row.id, row.due_at) for row in self.log.clock_rows if row.state == state]
        return sorted(rows, key=lambda row: row[1])[:limit]

    async def intact(self) -> bool:
        if self.away:
            raise AppointmentsUnavailable
        return not self.forgotten

    async def arm_messages(self, items: Sequence[Any]) -> None: ...
    async def track_clocks(self, clocks: Sequence[Clock]) -> None: ...
    async def restore_clocks(self, clocks: Sequence[LiveClock]) -> None: ...
    async def claim(self, limit: int) -> Sequence[tuple[str, float]]:  # noqa: ARG002 - the port's signature
        return []

    async def done(self, claimed: Sequence[tuple[str, float]]) -> None: ...
    async def begin_filling(self) -> bool:
        return False

    async def continue_filling(self) -> bool:
        return False

    async def begin_epoch(self) -> None: ...


@dataclass
class MemoryActivity:
    """`PostgresActivity`: the rows of the log, all of this hour."""

    log: MemoryLog

    async def hours(self, since: datetime, *, places: PropertyScope = None) -> Sequence[HourOfMessages]:  # noqa: ARG002 - the port's signature
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        counts = _count(str(row.state) for row in self.log.rows)
        return [HourOfMessages(hour=hour, state=state, messages=n) for state, n in counts.items()]

    async def channels(self, since: datetime, *, places: PropertyScope = None) -> Sequence[ChannelOfMessages]:  # noqa: ARG002 - the port's signature
        counts = Counter((row.channel, str(row.state)) for row in self.log.rows)
        return [
            ChannelOfMessages(channel=channel, state=state, messages=n)
            for (channel, state), n in counts.items()
        ]

    async def waiting(self, channel: str, *, places: PropertyScope = None) -> AffectedPeople:  # noqa: ARG002 - the port's signature
        waits = {"queued", "retrying", "sending"}
        rows = [row for row in self.log.rows if row.channel == channel and row.state in waits]
        return AffectedPeople(people=len({row.person for row in rows}), copropiedades=min(1, len(rows)))

    async def accepted(
        self,
        hour: datetime,  # noqa: ARG002 - the port's signature
        lately: datetime,  # noqa: ARG002 - the port's signature
        *,
        places: PropertyScope = None,  # noqa: ARG002 - the port's signature
    ) -> AcceptedMessages:
        sent = sum(row.state == "sent" for row in self.log.rows)
        return AcceptedMessages(hour=sent, lately=sent)

    async def overdue(self, *, places: PropertyScope = None) -> OverdueWork:  # noqa: ARG002 - the port's signature
        return OverdueWork()

    async def refused(self) -> RejectedEvents:
        return RejectedEvents()


class NoEmergencies:
    """`PostgresEmergencies` of a calm day."""

    async def open_emergencies(self, places: PropertyScope = None) -> Sequence[OpenEmergency]:  # noqa: ARG002 - the port's signature
        return []

    async def unreached(self, event_key: UUID, limit: int) -> Sequence[UnreachedPerson]:  # noqa: ARG002 - the port's signature
        return []

    async def called(self, event_key: UUID, person: str) -> bool:  # noqa: ARG002 - the port's signature
        return False

    async def due_calls(self, places: PropertyScope = None) -> Sequence[DueCall]:  # noqa: ARG002 - the port's signature
        return []


@dataclass
class MemoryEscalations:
    """`PostgresEscalations`: a test lays in the state of a message's escalation."""

    received: dict[UUID, EscalationStatus] = field(default_factory=dict)

    async def of_message(self, message_id: UUID) -> EscalationStatus | None:
        return self.received.get(message_id)


@dataclass
class MemoryGenuine:
    """`PostgresGenuine`: a test lays in messages that have left; the code finds them."""

    sent: dict[UUID, GenuineMessage] = field(default_factory=dict)
    reported: dict[UUID, datetime] = field(default_factory=dict)
    asked: int = 0

    async def find(self, sought: Sequence[SoughtMessage]) -> Sequence[GenuineMessage]:
        self.asked += 1
        return [
            found
            for message_id, found in self.sent.items()
            for one in sought
            if one.since <= message_id <= one.until and message_id.int & (1 << 30) - 1 == one.tail
        ]

    async def report(self, message_id: UUID, at: datetime) -> datetime:
        return self.reported.setdefault(message_id, at)


@dataclass
class MemorySurveys:
    """`PostgresSurveys`: a test lays in the survey of a message, and the counts of the indicators."""

    received: dict[UUID, Survey] = field(default_factory=dict)
    counted: list[SurveyRecord] = field(default_factory=list)
    clients: list[Respondent] = field(default_factory=list)

    async def of_message(self, message_id: UUID) -> Survey | None:
        return self.received.get(message_id)

    async def records(
        self,
        period: Period,  # noqa: ARG002 - the port's signature
        *,
        area: str | None = None,
        places: PropertyScope = None,
    ) -> Sequence[SurveyRecord]:
        found = [record for record in self.counted if area in {None, record.service_area}]
        return [record for record in found if places is None or record.copropiedad_id in places]

    async def respondents(
        self,
        of: SurveyRound,  # noqa: ARG002 - the port's signature
        *,
        copropiedad_id: str | None,
        once_per: timedelta,  # noqa: ARG002 - the port's signature
        lasts: Callable[[str], timedelta | None],  # noqa: ARG002 - the port's signature
        after: str | None,
        limit: int,
    ) -> RespondentPage:
        here = [one for one in self.clients if copropiedad_id in {None, one.copropiedad_id}]
        start = int(after or 0)
        end = start + limit
        return RespondentPage(people=here[start:end], next=str(end) if end < len(here) else None)


@dataclass
class MemoryResidents:
    """`PostgresResidents`: a test lays in the person and the case of a message."""

    received: dict[UUID, ResidentMessage] = field(default_factory=dict)
    held: frozenset[int] = frozenset({1, 2, 3, 4})
    lines: list[SentLine] = field(default_factory=list)
    files: dict[str, ResidentFile] = field(default_factory=dict)
    talks: dict[tuple[str, str], OwnConversation] = field(default_factory=dict)

    async def message(self, message_id: UUID) -> ResidentMessage | None:
        return self.received.get(message_id)

    async def held_levels(self, clock: Clock, levels: Collection[int]) -> Collection[int]:  # noqa: ARG002 - the port's signature
        return self.held & set(levels)

    async def sent(self, person: str, *, after: UUID | None, limit: int) -> Sequence[SentLine]:
        mine = [one for one in self.lines if self.received[one.id].person == person]
        return [one for one in mine if after is None or one.id < after][:limit]

    async def cases(self, person: str) -> Sequence[ResidentMessage]:
        return [one for one in self.received.values() if one.person == person]

    async def talk(self, person: str, case: str) -> OwnConversation:
        return self.talks.get((person, case), OwnConversation())

    async def file(self, person: str) -> ResidentFile | None:
        return self.files.get(person)


@dataclass
class MemoryResidentAccess:
    """`PostgresResidentAccess`: people by the message that they got; codes and sessions of their pages."""

    residents: dict[UUID, KnownResident] = field(default_factory=dict)
    codes: dict[bytes, ResidentCode] = field(default_factory=dict)
    sessions: dict[bytes, ResidentSession] = field(default_factory=dict)

    async def resident(self, message_id: UUID) -> KnownResident | None:
        return self.residents.get(message_id)

    async def add_code(self, code: ResidentCode, *, most: int, since: datetime) -> bool:
        lately = [one for one in self.codes.values() if one.person == code.person and one.created_at >= since]
        lately = [one for one in lately if one.ends_at > one.created_at]
        if len(lately) >= most:
            return False
        self.codes[code.hash] = code
        return True

    async def code(self, hash: bytes) -> ResidentCode | None:  # noqa: A002 - the port's name
        return self.codes.get(hash)

    async def try_code(self, hash: bytes, *, most: int, now: datetime) -> ResidentCode | None:  # noqa: A002 - the same
        code = self.codes.get(hash)
        if code is None or code.tries >= most or code.ends_at <= now:
            return None
        self.codes[hash] = replace(code, tries=code.tries + 1)
        return self.codes[hash]

    async def open_session(self, code: ResidentCode, session: ResidentSession) -> bool:
        held = self.codes[code.hash]
        if held.ends_at <= held.created_at:
            return False
        self.codes[code.hash] = replace(held, ends_at=held.created_at)
        self.sessions[session.hash] = session
        return True

    async def session(self, hash: bytes) -> ResidentSession | None:  # noqa: A002 - the same
        return self.sessions.get(hash)

    async def end_session(self, hash: bytes) -> None:  # noqa: A002 - the same
        self.sessions.pop(hash, None)


@dataclass
class MemoryPreferences:
    """`PostgresPreferences`: wishes and marks, newest first."""

    kept: list[PreferenceEntry] = field(default_factory=list)
    marked: list[MarkEntry] = field(default_factory=list)

    async def latest(self, person: str) -> PreferenceEntry | None:
        return next(iter(await self.history(person, limit=1)), None)

    async def history(self, person: str, *, limit: int) -> Sequence[PreferenceEntry]:
        mine = [entry for entry in self.kept if entry.person == person]
        return sorted(mine, key=lambda entry: -entry.version)[:limit]

    async def keep(self, entry: PreferenceEntry) -> bool:
        if any((old.person, old.version) == (entry.person, entry.version) for old in self.kept):
            return False
        self.kept.append(entry)
        return True

    async def marks(self, person: str) -> Sequence[MarkEntry]:
        return [mark for mark in self.marked if mark.person == person]

    async def stopped(self, person: str, **_: object) -> Sequence[RejectedEvents]:  # noqa: ARG002 - the port's signature
        return []

    async def mark(self, entry: MarkEntry) -> None:
        self.marked.append(entry)

    async def end_marks(self, person: str, reason: MarkReason | None, *, at: datetime, by: str) -> int:  # noqa: ARG002 - the same
        return 0


class MemoryIncidents(MemoryMonitor):
    """`PostgresMonitor`, with no message, event or clock to count."""

    async def promises(self) -> Mapping[tuple[str, int, str], int]:
        return {("first_reply", 3, "breached"): 2}

    async def unread(self) -> int:
        return 7

    async def contract_decisions(self, within: timedelta) -> Sequence[ContractDecision]:  # noqa: ARG002 - the same
        return [ContractDecision(case="1", renewed=True, area="aseo", copropiedad="ph-1")]


class MemoryReach:
    """`PostgresReach` of these copropiedades."""

    def __init__(self, *places: PlaceReach) -> None:
        self._places = places

    async def by_place(self, places: PropertyScope = None) -> Sequence[PlaceReach]:
        return [place for place in self._places if places is None or place.copropiedad_id in places]


@dataclass
class MemoryPublisher:
    """`Publisher`; `room` is how many events it confirms before it goes away."""

    events: list[Event] = field(default_factory=list)
    callers: list[str | None] = field(default_factory=list)
    notices: list[Event] = field(default_factory=list)
    replayed: list[DeadLetter] = field(default_factory=list)
    room: int = 1_000_000

    async def event(self, event: Event, *, caller: str | None = None) -> None:
        if len(self.events) >= self.room:
            raise BrokerUnavailable
        self.events.append(event)
        self.callers.append(caller)

    async def replay(self, letter: DeadLetter) -> None:
        if self.room == 0:
            raise BrokerUnavailable
        self.replayed.append(letter)

    async def tickets(self, tickets: Sequence[Ticket]) -> None: ...
    async def notify(self, events: Sequence[Event], also: Mapping[str, Sequence[str]] = NOWHERE) -> None:
        del also
        self.notices += events

    async def move(
        self, lane: Lane, events: Sequence[tuple[Event, RawMessage]], *, stay: bool = False
    ) -> None: ...
    async def depth(self, channel: str, lane: Lane) -> int:  # noqa: ARG002 - the port's signature
        return 0


@dataclass
class World:
    """Everything that a test of the web may look at or break."""

    log: MemoryLog = field(default_factory=MemoryLog)
    publisher: MemoryPublisher = field(default_factory=MemoryPublisher)
    servers: dict[str, bool] = field(default_factory=lambda: {"rabbitmq": True})
    environ: dict[str, str] = field(default_factory=dict)
    replies: list[Answered] = field(default_factory=list)
    receipts: ReceiptStore | None = None
    """Without it, those of the database."""
    database: Database | None = None
    """The database for stores without a double; without it, PostgreSQL is away."""
    ahead: timedelta = timedelta(0)
    """By how much its clock is ahead, so that a test need not wait for a code's half minute."""

    def __post_init__(self) -> None:
        self.intake = MemoryStore(lambda: NOON)
        self.boards = MemoryBoards(self.log)
        self.escalations = MemoryEscalations()
        self.surveys = MemorySurveys()
        self.genuine = MemoryGenuine()
        self.residents = MemoryResidents()
        self.resident_access = MemoryResidentAccess()
        self.preferences = MemoryPreferences()
        self.evidence: PostgresEvidence | None = None
        self.incidents = MemoryIncidents(MemoryStore(lambda: NOON), lambda: NOON)
        self.reach = MemoryReach()
        self.keys = MemoryKeys(lambda: datetime.now(UTC))
        self.audit = MemoryAudit()
        self.directory = MemoryStore(lambda: NOON)
        self.accounts = MemoryAccounts(self.directory)

    def build(self) -> web.Application:
        return build(self.services())

    def services(self) -> Services:
        settings = load(self.environ)
        database = self.database or away()
        company = CompanyRules(settings)
        vars(company).update(policy=POLICY, schemas=SCHEMAS, templates=RULES.templates)
        made = Services(
            company=company,
            database=database,
            publisher=self.publisher,
            appointments=self.boards,
            now=self.now,
            amqp_user="hub",
            traits=lambda: CHANNELS,
            keyring=Keyring(self.keys),
            refuse=self.refuse,
            hooks=Hooks.of(
                settings,
                KeyRing(settings.secrets),
                receipts=self.receipts or PostgresReceipts(database),
                take_reply=self.take_reply,
            ),
            monitoring=Monitoring(
                ready=self.ready,
                registry=CollectorRegistry(),
                counts=Counted(cast(Any, self.log)),
                gauges=Figures(cast(Any, self.incidents)),
                surveys=SurveyGauges(cast(Any, self.surveys), fewest=POLICY.surveys.fewest, now=self.now),
                reach=ReachGauges(cast(Any, self.reach)),
            ),
            # One of its own: the brake of attempts belongs to one event loop.
            passwords=Passwords(memory=8, rounds=1),
        )
        return with_doubles(made, **self._doubles(database))

    def _doubles(self, database: Database) -> dict[str, object]:
        return {
            "accounts": self.accounts,
            "activity": MemoryActivity(self.log),
            "api_keys": self.keys,
            "audit": self.audit,
            "emergencies": NoEmergencies(),
            "escalations": self.escalations,
            "evidence": self.evidence or PostgresEvidence(database),
            "factors": MemorySecondFactors(self.accounts),
            "gallery": lazy_gallery(RULES),
            "genuine": self.genuine,
            "incidents": self.incidents,
            "known_events": self.intake,
            "log": self.log,
            "reach": self.reach,
            "render_again": partial(render_again, RULES),
            "resident_access": self.resident_access,
            "residents": self.residents,
            "sessions": self.accounts,
            "surveys": self.surveys,
            "unsubscribes": self.intake,
            **({} if self.database else {"preferences": self.preferences}),
        }

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def ready(self) -> Mapping[str, bool]:
        return self.servers

    async def refuse(self, refused: Sequence[tuple[RawMessage, InvalidEvent]]) -> Sequence[DeadLetter]:
        letters = await refuse(refused, store=self.intake, publisher=self.publisher, now=lambda: NOON)
        self.log.letters += letters
        return letters

    async def take_reply(self, reply: Answered) -> None:
        self.replies.append(reply)


@asynccontextmanager
async def browsing(world: World) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """Serve the world on a port of 127.0.0.1 and answer a client of it, which keeps no cookies by itself."""
    server = TestServer(world.build(), host="127.0.0.1")
    async with TestClient(server, cookie_jar=DummyCookieJar()) as client:
        yield client


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


async def ask(
    world: World,
    path: str,
    *,
    method: str = hdrs.METH_GET,
    headers: Mapping[istr, str] | Mapping[str, str] | None = None,
    body: Any = None,
) -> Reply:
    """Ask once, without following redirects. A dict as body is a form; bytes go as they are."""
    data = BytesIO(body) if isinstance(body, bytes) else body
    url = URL(path, encoded=True)
    async with (
        browsing(world) as client,
        client.request(method, url, headers=headers, data=data, allow_redirects=False) as answer,
    ):
        return Reply(answer.status, answer.headers, await answer.text())


def event(name: str = "pqrs.received", **fields: Json) -> dict[str, Json]:
    """A structured CloudEvent with the schema's first example as data."""
    return {
        "specversion": "1.0",
        "id": f"evt-{uuid4()}",
        "source": "urn:coproservicios:crm",
        "type": f"co.coproservicios.{name}.v1",
        "time": NOON.isoformat(),
        "datacontenttype": "application/json",
        "data": deepcopy(SCHEMAS.by_name[name].examples[0]),
        **fields,
    }
