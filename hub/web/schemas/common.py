"""The schemas of the HTTP API: queries and responses."""

from __future__ import annotations

from collections.abc import Mapping
from types import GenericAlias, new_class
from typing import Annotated, Final, Generic, Literal, TypeVar, cast
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from hub.model import ClockState, Instant, Purpose, State, Word
from hub.model.letters import BatchLetter, LetterState, PrintBatch
from hub.model.message_lists import ONLY, MessageList
from hub.model.paper import PaperSize
from hub.model.posters import PosterEnd, PosterState

MAX_LIMIT: Final = 500
_INSTANCE: Final = "urn:uuid:2f1cf0a1-0f0c-4f5e-9d57-7d1b6a1c9d10"

Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[str, Meta(max_length=200, description="The `next` of the page before.")]
IsMasked = Annotated[bool, Meta(description="Whether names and addresses are masked.")]
MayUnmask = Annotated[bool, Meta(description="Whether `?whole=true` would show them to you.")]

Row = TypeVar("Row", bound=Struct)


class Page(Struct, Generic[Row], kw_only=True):
    """A page of a list; `next` is the cursor of the next page."""

    items: list[Row]
    next: str | None


def page_of(row: type[Row]) -> type[Page[Row]]:
    """Make the shape of a page: of `MessageRow` it is called `MessagePage`."""
    name = f"{row.__name__.removesuffix('Row')}Page"
    return cast(type[Page[Row]], new_class(name, (GenericAlias(Page, row),)))


def list_of(row: type[Struct]) -> type[Struct]:
    """Make the shape of a list that has one page, which is bounded: of `EvidenceRow` it is `EvidenceList`."""
    fields = [("items", GenericAlias(list, row)), ("next", None)]
    return defstruct(f"{row.__name__.removesuffix('Row')}List", fields, kw_only=True)


class Archive(Struct, kw_only=True):
    """A ZIP archive."""


class Pdf(Struct, kw_only=True):
    """A PDF."""


class NoQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """No parameter at all."""


class PageQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of a paged list without filters."""

    after: Cursor | None = None
    limit: Limit = 50


class UnreachedQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Annotated[Instant, Meta(description="Found at this instant (RFC 3339) or later.")] | None = None


class ListQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of a list that mostly fits onto one page."""

    after: Annotated[str, Meta(max_length=2000, description="The `next` of the page before.")] | None = None
    limit: Limit = MAX_LIMIT


class MessagesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: State | None = None
    channel: Word | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Annotated[Word, Meta(description="The id that the publisher gave the event.")] | None = None
    person: Annotated[Word, Meta(description="The person's reference.")] | None = None
    reason: Annotated[Word, Meta(description="How the reason begins: `contact_limit`.")] | None = None
    since: Annotated[Instant, Meta(description="Created at this instant (RFC 3339) or later.")] | None = None
    until: Annotated[Instant, Meta(description="Created before this instant.")] | None = None
    purpose: Purpose | None = None
    copropiedad: Annotated[Word, Meta(description="Its id: only messages of this copropiedad.")] | None = None
    case: Annotated[Word, Meta(description="The key of a case: `pqrs_id:PQ-1`.")] | None = None
    only: Annotated[MessageList, Meta(description=ONLY)] | None = None
    after: Cursor | None = None
    limit: Limit = 50


class ClocksQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: ClockState | None = None
    name: Annotated[Word, Meta(description="The promise: `first_reply`.")] | None = None
    area: Annotated[Word, Meta(description="Of this area (`service_area`).")] | None = None
    copropiedad: Annotated[Word, Meta(description="Of this copropiedad.")] | None = None
    level: Annotated[int, Meta(ge=1, le=4, description="With this level now.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50


class AcknowledgeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    note: Annotated[
        str, Meta(max_length=500, description="Words for those who read the case; empty: none.")
    ] = ""


class DeadQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Literal["open", "replayed", "discarded"] | None = None
    reason: Annotated[Word, Meta(description="Words that the reason contains.")] | None = None
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
    final: Annotated[bool, Meta(description="Nothing more happens to it by itself.")]
    means: Annotated[str, Meta(description="What its state and reason mean, in Spanish.")]
    to_do: Annotated[str, Meta(description="What somebody must do about it, in Spanish; empty: nothing.")]


class AttemptRow(Struct, kw_only=True):
    """One call of a provider, or a final state without a call."""

    at: Instant
    outcome: str
    provider: str
    reference: str | None
    code: str


class WholeQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    whole: Annotated[
        bool, Meta(description="Names and addresses unmasked; needs the scope `privacy` there.")
    ] = False


class MessageWhole(MessageRow, kw_only=True):
    """A message with its history."""

    masked: IsMasked
    may_unmask: MayUnmask
    name: str
    address: str
    event_key: UUID
    case: Annotated[str | None, Meta(description="The key of its case.")]
    occasion: Annotated[str, Meta(description="`initial`, or which reminder.")]
    attempts: list[AttemptRow]
    skipped: Annotated[list[str], Meta(description="Channels passed over, each with its reason.")]


class SettleBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which open dead letters; all of them without a reason or an event."""

    reason: Annotated[Word, Meta(description="Words that the reason contains.")] | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    limit: Limit = 100


class ProblemPart(Struct, kw_only=True):
    """One part of the request that is wrong."""

    detail: Annotated[str, Meta(description="What is wrong with it.")]
    pointer: Annotated[str, Meta(description="A JSON pointer into the body.")] | UnsetType = UNSET
    parameter: Annotated[str, Meta(description="The query parameter.")] | UnsetType = UNSET


class Problem(Struct, kw_only=True):
    """An error (RFC 9457)."""

    type: Annotated[str, Meta(description="`about:blank`: the status is the kind of problem.")]
    title: str
    status: int
    detail: Annotated[str, Meta(description="What is wrong, in a sentence.")]
    instance: Annotated[
        str,
        Meta(description="Names this one failure; of a fault the hub's log has it.", examples=[_INSTANCE]),
    ]
    error: Annotated[str, Meta(description="The same as `detail`.")]
    hint: Annotated[str, Meta(description="What to do about it.")]
    errors: (
        Annotated[list[ProblemPart], Meta(description="Where something was not valid: each part.")]
        | UnsetType
    ) = UNSET


class Health(Struct, kw_only=True):
    status: str
    servers: dict[str, str] | UnsetType = UNSET
    paused: Annotated[
        bool | UnsetType, Meta(description="True while everything is paused, as after a restore.")
    ] = UNSET


class Summary(Struct, kw_only=True):
    company: str
    mode: str
    counts: Annotated[
        Mapping[str, Mapping[str, int]],
        Meta(description="Messages, clocks and dead letters by state; of what has ended, at most 10000."),
    ]


class LettersQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[LetterState, Meta(description="How far they have come.")] | None = None
    copropiedad: Annotated[Word, Meta(description="Its id: only letters of this copropiedad.")] | None = None
    handed_over: (
        Annotated[bool, Meta(description="true: only letters handed over; false: only those not yet.")] | None
    ) = None
    after: Cursor | None = None
    limit: Limit = 50


class BatchesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    copropiedad: Annotated[Word, Meta(description="Its id: only batches of this copropiedad.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50


class BatchBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is printed: the open letters of a copropiedad."""

    copropiedad: Annotated[
        Word | None, Meta(description="Its id; null: letters that belong to no copropiedad.")
    ]
    size: Annotated[PaperSize | None, Meta(description="Of the paper; null: as the policy says.")] = None


class PostedBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    guide: Annotated[
        Word, Meta(description="The number that the post has given.", examples=["RA123456789CO"])
    ]


class LetterRow(Struct, kw_only=True):
    """A letter; its id is that of its message."""

    id: UUID
    created_at: Instant
    handed_over_at: Instant | None
    event: str
    person: Annotated[str, Meta(description="A reference; never a name or an address.")]
    subject: str
    state: LetterState
    copropiedad_id: str | None
    batch: Annotated[UUID | None, Meta(description="The batch in which it is printed.")]
    printed_at: Instant | None
    posted_at: Instant | None
    guide: Annotated[str | None, Meta(description="Of the post.")]
    only_document: Annotated[
        bool, Meta(description="There is no letter: staff prints the document and hands it over.")
    ]


class LetterWhole(LetterRow, kw_only=True):
    """A letter as it is stored. `/letters/{id}` is only its page, `/letters/{id}/pdf` how it is printed."""

    name: str
    text: str
    html: str
    document: Annotated[
        str | None,
        Meta(description="Its file, at `/letters/{id}/document`; null: none is stored."),
    ]


class BatchMade(PrintBatch, kw_only=True):
    """`made` is false if nothing was open, and the batch is one that was made before and is not printed."""

    made: bool
    left: Annotated[int, Meta(description="Letters that did not fit into it: ask again for them.")]


class BatchWhole(PrintBatch, kw_only=True):
    """A batch with its letters, in the order of printing."""

    items: list[BatchLetter]


class BatchDelivered(Struct, kw_only=True, frozen=True):
    """`changed` letters were handed over now; the others had been before."""

    id: UUID
    changed: int


class HandedOver(Struct, kw_only=True, frozen=True):
    """`changed` is false if it was marked before, or nothing was open."""

    id: UUID
    changed: bool


class PostersQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: PosterState | None = None
    copropiedad: Annotated[Word, Meta(description="Its id: only posters of this copropiedad.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50


class PosterRow(Struct, kw_only=True):
    """
    A poster of a notice board: an audience of an event, in one copropiedad.

    It holds until `holds_until`, or has until then; `ended_by` says why it no longer does. `title` is there
    once its page was made. Without `zones` it is for all towers.
    """

    id: UUID
    created_at: Instant
    state: PosterState
    event: str
    event_id: str
    title: str | None
    building: Annotated[str | None, Meta(description="The name of the copropiedad.")]
    copropiedad_id: str
    zones: list[str]
    urgent: bool
    holds_until: Instant
    ended_by: PosterEnd | None
    printed_at: Instant | None
    printed_by: str | None
    hung_at: Instant | None
    hung_by: str | None
    taken_down_at: Instant | None
    taken_down_by: str | None


class PosterWhole(PosterRow, kw_only=True):
    """A poster with its page as it was first made, which never changes, and the page's SHA-256."""

    html: str
    sha256: str


class PosterRecorded(Struct, kw_only=True, frozen=True):
    """`changed` is false if it was recorded before, or the poster no longer holds."""

    id: UUID
    changed: bool
    state: PosterState


class PauseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    by: Annotated[Word, Meta(description="Who pauses, as a system names them; else the caller.")] = ""
    reason: Annotated[Word, Meta(description="Why, for colleagues who find it paused.")] = ""
    ends_at: (
        Annotated[Instant, Meta(description="When it ends by itself; without it somebody ends it.")] | None
    ) = None


class RedriveBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lost messages go again."""

    state: Literal["failed", "expired", "bounced", "suppressed"]
    channel: Word | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Annotated[Word, Meta(description="The id that the publisher gave the event.")] | None = None
    person: Annotated[Word, Meta(description="The person's reference.")] | None = None
    reason: Annotated[Word, Meta(description="How the reason begins: `smtp_550`.")] | None = None
    since: Annotated[Instant, Meta(description="Created at this instant or later.")] | None = None
    until: Annotated[Instant, Meta(description="Created before this instant.")] | None = None
    also_told: Annotated[
        bool, Meta(description="Also messages whose person was notified by another channel.")
    ] = False
    dry_run: Annotated[bool, Meta(description="Only count.")] = False
    after: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=5000, description="Most messages to examine.")] = 500


class RedriveOneBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    also_told: Annotated[bool, Meta(description="Also if its person was notified by another channel.")] = (
        False
    )


class ReasonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    why: Annotated[
        Word,
        Meta(min_length=1, description="For the audit; names of people do not belong there."),
    ]


class CancelBody(ReasonBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which waiting messages are cancelled."""

    state: Literal["queued", "held", "retrying"]
    channel: Word | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Annotated[Word, Meta(description="The id that the publisher gave the event.")] | None = None
    person: Annotated[Word, Meta(description="The person's reference.")] | None = None
    reason: Annotated[Word, Meta(description="How the reason begins: `throttled`.")] | None = None
    since: Annotated[Instant, Meta(description="Created at this instant or later.")] | None = None
    until: Annotated[Instant, Meta(description="Created before this instant.")] | None = None
    dry_run: Annotated[bool, Meta(description="Only count.")] = False
    after: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=5000, description="Most messages to examine.")] = 500
