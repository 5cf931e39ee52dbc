"""The shapes of what came of events: accepted, refused, and not reaching all whom they are for."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, UnreachedReason
from hub.web.schemas.common import Cursor, Limit, Problem


class RefusedEvent(Struct, kw_only=True, frozen=True):
    """An event that was not accepted; its id and source where they could be read."""

    index: int
    reason: str
    field: str | None = None
    event_id: str | None = None
    source: str | None = None
    dead_letter_id: Annotated[
        UUID | None, Meta(description="Where it is kept, as it came; null where it is not.")
    ] = None


class EventsAnswer(Struct, kw_only=True, frozen=True):
    accepted: int
    refused: list[RefusedEvent]


class EventsUnfinished(Problem, kw_only=True):
    """The broker went away: `accepted` events are with it, the rest may be sent again."""

    accepted: int
    refused: list[RefusedEvent]


class ProblemDetails(Problem, kw_only=True):
    """The same as RFC 9457 says it."""

    type: Annotated[str, Meta(description="`about:blank`: the status says what kind of problem it is.")]
    title: str
    status: int
    detail: Annotated[str, Meta(description="The same as `error`.")]


class EventsRefused(ProblemDetails, kw_only=True):
    """No event was accepted."""

    accepted: int
    refused: list[RefusedEvent]


class UnreachedQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Cursor | None = None
    limit: Limit = 50


class UnreachedRow(Struct, kw_only=True):
    """An event that does not reach all whom it is for."""

    id: UUID
    event_id: str
    source: str
    type: str
    copropiedad_id: str | None
    unit_id: str | None
    reasons: list[UnreachedReason]
    found_at: Instant


class UnreachedPage(Struct, kw_only=True):
    items: list[UnreachedRow]
    next: str | None
