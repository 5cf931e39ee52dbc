"""The schemas of operators' actions: pause, redrive, hand over letters."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, Word
from hub.web.schemas.common import Cursor, Limit


class LettersQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    handed_over: (
        Annotated[bool, Meta(description="true: only letters handed over; false: only those not yet.")] | None
    ) = None
    after: Cursor | None = None
    limit: Limit = 50


class LetterRow(Struct, kw_only=True):
    """A letter; its id is that of its message."""

    id: UUID
    created_at: Instant
    handed_over_at: Instant | None
    event: str
    person: Annotated[str, Meta(description="A reference; never a name or an address.")]
    subject: str


class LetterWhole(LetterRow, kw_only=True):
    """A letter as it is printed. `/letters/{id}` is only its page."""

    name: str
    text: str
    html: str


class HandedOver(Struct, kw_only=True, frozen=True):
    """`changed` is false if it was marked before."""

    id: UUID
    changed: bool


class PauseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    by: Annotated[Word, Meta(description="Who pauses, as a system names them; else the caller.")] = ""
    reason: Annotated[Word, Meta(description="Why, for colleagues who find it paused.")] = ""


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
