"""Queries and bodies of messages, and the results of their acts."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from hub.catalog import BY_NAME
from hub.channels.registry import NAMES
from hub.desk.bulk.rows import Why
from hub.doors.cells import MOMENT, Cell, Known
from hub.model import Instant, Purpose, State, Word
from hub.model.bulk import RedriveResult
from hub.model.message_lists import ONLY, MessageList
from hub.model.pages import Cursor, Limit, PageQuery
from hub.operations.bulk.plan import MOST
from hub.operations.evidence.schemas import EvidenceRow, ReleaseRow

WhyCancelled = Annotated[
    Literal["wrong", "not_needed", "asked", "other"],
    Meta(description="For the audit, which has no free text about a person."),
]
"""A word of a list: no erasure reaches the audit."""

_CHANNEL: Final = Known("channel", NAMES, "email, sms, push, inbox …")
_EVENT: Final = Known("event", BY_NAME)


class MessageFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every filter of messages has."""

    channel: Annotated[Word, _CHANNEL] | None = None
    event: Annotated[Word, _EVENT, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Annotated[Word, Meta(description="The id that the publisher gave the event.")] | None = None
    person: Annotated[Word, Meta(description="The person's reference.")] | None = None


class MessagesQuery(MessageFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: State | None = None
    reason: Annotated[Word, Meta(description="How the reason begins: `contact_limit`.")] | None = None
    since: Annotated[Instant, Meta(description="Created at this instant (RFC 3339) or later.")] | None = None
    until: Annotated[Instant, Meta(description="Created before this instant.")] | None = None
    purpose: Purpose | None = None
    copropiedad: Annotated[Word, Meta(description="Its id: only messages of this copropiedad.")] | None = None
    case: Annotated[Word, Meta(description="The key of a case: `pqrs_id:PQ-1`.")] | None = None
    only: Annotated[MessageList, Meta(description=ONLY)] | None = None
    after: Cursor | None = None
    limit: Limit = 50


class ManyMessages(MessageFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The messages of a bulk run, in one state."""

    since: Annotated[Instant, Meta(description="Created at this instant or later.")] | None = None
    until: Annotated[Instant, Meta(description="Created before this instant.")] | None = None
    dry_run: Annotated[bool, Meta(description="Only the plan.")] = False
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most, oldest first.")] = MOST


class RedriveOneBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    also_told: Annotated[bool, Meta(description="Also if its person was notified by another channel.")] = (
        False
    )


class RedriveBody(ManyMessages, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lost messages to send again."""

    state: Annotated[
        Literal["failed", "expired", "bounced", "suppressed"], Meta(description="Which lost messages.")
    ]
    reason: Annotated[Word, Meta(description="How the reason begins: `smtp_550`.")] | None = None
    also_told: Annotated[
        bool, Meta(description="Also messages whose person was notified by another channel.")
    ] = False
    why: Why = ""


class RedrivenOne(Struct, kw_only=True, frozen=True):
    """
    `taken`: it goes again. Else why it does not.

    `too_old`: worthless by now. `no_contact`: there never was an address. `told`: another message did it.
    """

    id: UUID
    verdict: RedriveResult


class ReasonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    why: WhyCancelled


class CancelBody(ManyMessages, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The waiting messages to cancel."""

    state: Annotated[Literal["queued", "held", "retrying"], Meta(description="Which waiting messages.")]
    why: WhyCancelled
    reason: Annotated[Word, Meta(description="How the reason begins: `throttled`.")] | None = None


class RecallBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is right, or why nobody needs to know it: one of both must be there."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000, description="Why, for the operators.")]
    correction_markdown: Annotated[
        str, Meta(max_length=20000, description="What is right, for those who have had it.")
    ] = ""
    no_correction: Annotated[
        str, Meta(max_length=2000, description="Why nobody needs a correction, for the operators.")
    ] = ""


class EvidenceList(Struct, kw_only=True):
    items: list[EvidenceRow]
    next: None
    release: Annotated[
        ReleaseRow | None, Meta(description="Who released it, where a second person had to.")
    ] = None


class RecipientsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[str, Meta(max_length=200, description="`next_notified` of the page before.")] = ""
    left_after: Annotated[str, Meta(max_length=200, description="`next_left_out` of the page before.")] = ""
    limit: Limit = 50


class UnreachedQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Annotated[Instant, Meta(description="Found at this instant (RFC 3339) or later.")] | None = None


class UnreachedLine(Struct, kw_only=True):
    """An event that does not reach everybody, in words: the reasons, and what to do about each."""

    id: UUID
    found_at: Annotated[Instant, Cell("Cuándo", MOMENT)]
    title: Annotated[str | None, Cell("Aviso")]
    event_id: Annotated[str, Cell("Número del aviso")]
    source: Annotated[str, Cell("De")]
    place: Annotated[str, Cell("Copropiedad")]
    # The code that is to be corrected, where the directory has no unit of it.
    unit: Annotated[str, Cell("Unidad", value=lambda row: row.unit or row.unit_id)]
    unit_id: str | None
    why: Annotated[list[str], Cell("Por qué", value=lambda row: "; ".join(row.why))]
    to_do: Annotated[list[str], Cell("Qué hacer", value=lambda row: "; ".join(row.to_do))]
