"""Messages and clocks as operators see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.model import Json, PropertyScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list, in the shapes of the API; `next` is the cursor of the next page."""

    items: Sequence[Mapping[str, Json]]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """
    A filter of messages; None does not filter. `reason` is a prefix of the reason, `case` the key of a case.

    `states` are several states; a single `state` wins over them. `places` are the copropiedades whose
    messages are included; only None includes messages of none.
    """

    state: str | None = None
    channel: str | None = None
    event: str | None = None
    event_id: str | None = None
    person: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    id: UUID | None = None
    places: PropertyScope = None
    purpose: str | None = None
    case: str | None = None
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """A filter of promises of these states; None does not filter. `area` is a `service_area`."""

    states: Collection[str]
    name: str | None = None
    area: str | None = None
    level: int | None = None
    places: PropertyScope = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The number of the newest messages in a state for a reason, over a channel; and the newest of them."""

    state: str
    reason: str | None
    channel: str
    count: int
    newest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """The most frequent first. `bounded`: there are more messages than were counted."""

    items: Sequence[Cause]
    bounded: bool
