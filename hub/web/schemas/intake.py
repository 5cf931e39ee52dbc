"""The schemas of events: accepted, and refused."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from hub.web.schemas.common import Problem


class EventsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of taking events in."""

    dry_run: Annotated[
        bool,
        Meta(
            description="Publish and store nothing: answer who would be notified, over which channels, in "
            "which words, which promises would begin or end, and why. At most 100 events."
        ),
    ] = False


class RefusedEvent(Struct, kw_only=True, frozen=True):
    """A refused event, with its id and source if they could be read."""

    index: int
    reason: str
    field: str | None = None
    event_id: str | None = None
    source: str | None = None
    dead_letter_id: Annotated[
        UUID | None,
        Meta(description="The dead letter that stores it as it was received; null if it is not stored."),
    ] = None


class DoubtfulEvent(Struct, kw_only=True, frozen=True):
    """An accepted event with contacts that reach nobody."""

    event_id: str
    source: str
    bad_contacts: Annotated[
        list[str],
        Meta(description="Where its data name an address or a number that is none, like `petitioner.phone`."),
    ]


class EventsAnswer(Struct, kw_only=True, frozen=True):
    accepted: int
    refused: list[RefusedEvent]
    doubtful: Annotated[
        list[DoubtfulEvent] | UnsetType,
        Meta(description="Accepted, but a contact in it is none: its person is reached by the others alone."),
    ] = UNSET


class EventsRefused(Problem, kw_only=True):
    """No event was accepted."""

    accepted: int
    refused: list[RefusedEvent]
    doubtful: list[DoubtfulEvent] | UnsetType = UNSET


class EventsUnfinished(EventsRefused, kw_only=True):
    """The broker went down: it has the `accepted` events; send the rest again."""
