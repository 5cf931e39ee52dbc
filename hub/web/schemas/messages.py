"""Queries and bodies of messages and promises."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hub.model import Instant, Purpose, State, Word
from hub.model.message_lists import ONLY, MessageList
from hub.model.pages import Cursor, Limit
from hub.operations.bulk.plan import MOST
from hub.operations.cancel import WhyCancelled
from hub.web.schemas.bulk import Why


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


class RedriveBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lost messages to send again."""

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
    why: Why = ""
    dry_run: Annotated[bool, Meta(description="Only the plan.")] = False
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most, oldest first.")] = MOST


class RedriveOneBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    also_told: Annotated[bool, Meta(description="Also if its person was notified by another channel.")] = (
        False
    )


class ReasonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    why: Annotated[WhyCancelled, Meta(description="For the audit, which has no free text about a person.")]


class CancelBody(ReasonBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The waiting messages to cancel."""

    state: Literal["queued", "held", "retrying"]
    channel: Word | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    event_id: Annotated[Word, Meta(description="The id that the publisher gave the event.")] | None = None
    person: Annotated[Word, Meta(description="The person's reference.")] | None = None
    reason: Annotated[Word, Meta(description="How the reason begins: `throttled`.")] | None = None
    since: Annotated[Instant, Meta(description="Created at this instant or later.")] | None = None
    until: Annotated[Instant, Meta(description="Created before this instant.")] | None = None
    dry_run: Annotated[bool, Meta(description="Only the plan.")] = False
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most, oldest first.")] = MOST
