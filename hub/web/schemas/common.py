"""The shapes of the HTTP API: what its queries may say and what its answers look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from hub.model import ClockState, Purpose, State, StepKind
from hub.operations.dead_letters import Settled

MAX_LIMIT: Final = 500

Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[str, Meta(max_length=200, description="The `next` of the page before.")]
Word = Annotated[str, Meta(max_length=200, pattern="^[^\\x00]*$")]
Instant = Annotated[datetime, Meta(tz=True)]
IsMasked = Annotated[bool, Meta(description="Whether names and addresses are masked.")]
MayUnmask = Annotated[bool, Meta(description="Whether `?whole=true` would show them to you.")]


class NoQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameter at all."""


class MessagesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: State | None = None
    channel: Word | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Annotated[Word, Meta(description="The id that the publisher gave the event.")] | None = None
    person: Annotated[Word, Meta(description="The person's reference.")] | None = None
    since: Annotated[Instant, Meta(description="Created at this instant (RFC 3339) or later.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50


class ClocksQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: ClockState | None = None
    after: Cursor | None = None
    limit: Limit = 50


class DeadQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Literal["open", "replayed", "discarded"] | None = None
    reason: Annotated[Word, Meta(description="Words that the reason has in it.")] | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50


class MessageRow(Struct, kw_only=True):
    id: UUID
    event_id: str
    event: str
    person: Annotated[str, Meta(description="A reference; never a name or an address.")]
    channel: str
    purpose: Purpose
    state: State
    reason: str | None
    next_at: Instant | None
    created_at: Instant


class AttemptRow(Struct, kw_only=True):
    """One call of a provider, or an ending without one."""

    at: Instant
    outcome: str
    provider: str
    reference: str | None
    code: str


class WholeQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    whole: Annotated[bool, Meta(description="Names and addresses unmasked, for who has `privacy` there.")] = (
        False
    )


class MessageWhole(MessageRow, kw_only=True):
    """A message with its history."""

    masked: IsMasked
    may_unmask: MayUnmask
    name: str
    address: str
    attempts: list[AttemptRow]
    skipped: Annotated[list[str], Meta(description="Channels passed over, each with its reason.")]


class MessagePage(Struct, kw_only=True):
    items: list[MessageRow]
    next: str | None


class TimeLeft(Struct, kw_only=True, frozen=True):
    """How much time a promise has left, counted the way it runs; negative seconds when it is late."""

    amount: int
    unit: Literal["business_days", "business_seconds", "seconds"]


class Acknowledged(Struct, kw_only=True):
    """That somebody of a level has taken the matter on; `by` is a reference."""

    level: int
    at: Instant
    by: str


class StepMessage(Struct, kw_only=True):
    """A message by which somebody was told of a step, and what became of it."""

    step: Annotated[str, Meta(description="The step's key in its clock: `escalate:2`.")]
    event: str
    message_id: UUID
    person: str
    channel: str
    state: State
    at: Instant


class ClockRow(Struct, kw_only=True):
    id: UUID
    case: str
    name: str
    state: ClockState
    started_at: Instant
    due_at: Instant
    due_local: Annotated[datetime, Meta(tz=True, description="The same with the offset of the calendar.")]
    due_words: Annotated[str, Meta(description="When it falls due or ended, in Spanish.")]
    level: int
    left: TimeLeft | None
    paused: bool
    ended_at: Instant | None
    told: Annotated[Sequence[StepMessage], Meta(description="Who was told of which step and when.")]
    acknowledged: Annotated[list[Acknowledged], Meta(description="Who has taken the matter on.")]


class ToldByName(StepMessage, kw_only=True):
    name: Annotated[str, Meta(description="Masked.")]


class ClockPause(Struct, kw_only=True):
    since: Instant
    until: Instant | None


class ClockStep(Struct, kw_only=True):
    """What a clock does at an instant; of a clock that stands still or has ended, what it would."""

    key: str
    kind: StepKind
    at: Instant
    from_level: int
    to_level: int
    done: bool


class ClockWhole(ClockRow, kw_only=True):
    told: Sequence[ToldByName]
    steps: list[ClockStep]
    pauses: list[ClockPause]
    extended_at: Instant | None
    reopened: list[Instant]
    context: Annotated[dict[str, Any], Meta(description="What the case says: radicado, service_area …")]


class ClockPage(Struct, kw_only=True):
    items: list[ClockRow]
    next: str | None
    source: Annotated[
        Literal["redis", "sql", "places"],
        Meta(description="`sql` for ended clocks, and while Redis is away; `places` for some copropiedades."),
    ]


class AcknowledgeAnswer(Struct, kw_only=True, frozen=True):
    """`changed` is false when this level had taken it on before."""

    id: UUID
    level: int
    changed: bool


class DeadLetterFacts(Struct, kw_only=True):
    id: UUID
    reason: str
    field: str | None
    event_type: str | None
    received_at: Instant
    times: Annotated[int, Meta(description="How often these bytes have come.")]


class DeadRow(DeadLetterFacts, kw_only=True):
    state: Literal["open", "replayed", "discarded"]


class DeadWhole(DeadLetterFacts, kw_only=True):
    """A dead letter as it came. `body` is its start as text, or `body_base64` where it is not UTF-8."""

    event_id: str | None
    source: str | None
    routing_key: str
    content_type: str | None
    headers: dict[str, Any]
    size: Annotated[int, Meta(description="Of the whole body, in bytes.")]
    body: str | UnsetType = UNSET
    body_base64: str | UnsetType = UNSET


class DeadPage(Struct, kw_only=True):
    items: list[DeadRow]
    next: str | None


class SettleBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which open dead letters; without a reason or an event all of them."""

    reason: Annotated[Word, Meta(description="Words that the reason has in it.")] | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    limit: Limit = 100


class SettledList(Struct, kw_only=True):
    items: list[Settled]
    next: None


class Problem(Struct, kw_only=True):
    error: Annotated[str, Meta(description="What is wrong, in a sentence.")]
    hint: Annotated[str, Meta(description="What to do about it.")]


class Health(Struct, kw_only=True):
    status: str
    servers: dict[str, str] | UnsetType = UNSET


class IncidentsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 50


class IncidentRow(Struct, kw_only=True):
    """Something wrong with the hub itself; its words are in Spanish, for operators."""

    key: Annotated[str, Meta(description="The kind and what it is about: `circuit:sms:twilio`.")]
    kind: str
    state: Literal["open", "over"]
    title: str
    measured: str
    to_do: str
    meanwhile: str
    since: Instant
    told_at: Instant | None
    resolved_at: Instant | None


class IncidentPage(Struct, kw_only=True):
    items: list[IncidentRow]
    next: str | None


class Summary(Struct, kw_only=True):
    company: str
    mode: str
    counts: Annotated[
        Mapping[str, Mapping[str, int]], Meta(description="Messages, clocks and dead letters by state.")
    ]
