"""Events, from the wire to their row."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct, field

from hub.model.catalogue import TYPE_PREFIX, TYPE_SUFFIX, Lane, type_of
from hub.model.json import Json
from hub.model.sources import HUB_SOURCE

SENDER_HEADER = "x-hub-sender"
"""The RabbitMQ user whose message the hub has published again in its own name. Believed of no other user."""
CALLER_HEADER = "x-hub-caller"
"""Who has published the event over HTTP, on whose rate it counts. Believed of the hub's user only."""
LANE_HEADER = "x-hub-lane"
"""Where the hub has moved an event that was above its sender's rate. Believed of the hub's user only."""
MENDED_HEADER = "x-hub-mended"
"""Who has mended a dead letter before its replay. Believed of the hub's user only."""
MENDED_BY = "mendedby"
"""The extension that says so of the event. The hub alone sets it: a publisher's own is taken away."""
CANARY = "hub.canary"
"""How the routing keys of canaries begin: empty messages that show whether events would arrive."""


class Event(Struct, frozen=True, kw_only=True):
    """One CloudEvent 1.0. (`source`, `id`) is its identity; `time` is aware UTC."""

    id: str
    source: str
    type: str
    time: datetime
    data: Json = None
    subject: str | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    extensions: Mapping[str, Json] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The routing key: `co.coproservicios.pqrs.received.v1` → `pqrs.received`."""
        return self.type.removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX)


def own_event(
    name: str, event_id: str, data: Mapping[str, Json], *, time: datetime, quiet: bool = False
) -> Event:
    """
    Make an event of the hub's own. A repeat with the same id is a duplicate.

    A `quiet` event is recorded and notifies nobody.
    """
    return Event(
        id=event_id,
        source=HUB_SOURCE,
        type=type_of(name),
        time=time,
        data=data,
        extensions={"quiet": True} if quiet else {},
    )


RECALL: Final = "notification.recall"
"""The event by which a publisher takes back another one of its own."""

CORRECTION: Final = "admin.correction.issued"
"""The event that tells those who had what was taken back what is right."""


class AddedEvent(Struct, frozen=True):
    """
    A new event. `place_known` is whether the directory has its copropiedad, or it names none; `recalled`
    whether its publisher has taken it back before it came.
    """

    place_known: bool
    recalled: bool = False
    owner: str | None = None
    """The source of another publisher to which the event's case belongs; None: its own, or nobody's."""
    opened: bool = False
    """Whether that source has opened the case; if not, it only came first."""


class Recall(Struct, frozen=True, kw_only=True):
    """An event that its publisher takes back. `by` is the key of the event that says so."""

    source: str
    event_id: str
    by: UUID


class Reader(Struct, frozen=True, kw_only=True):
    """Who had an event, or may have had it, by these channels; `legal` if the law required one message."""

    event_key: UUID
    person: str
    channels: frozenset[str]
    legal: bool


class ReachCount(Struct, frozen=True, kw_only=True):
    """The people of an event, those who `had` it, or may have had it, and whether it was taken back."""

    people: int
    had: int
    recalled: bool


class StoredEvent(Struct, frozen=True, kw_only=True):
    """An event as stored: with its key, its case and its place."""

    key: UUID
    event: Event
    case: str | None
    copropiedad_id: str | None = None
    unit_id: str | None = None
    planned: bool = True
    waiting: bool = False
    """True while a party of the case (the petitioner …) is unknown; planned again once it is known."""
    opens: bool | None = None
    """Whether the event opens its case or adds to it; None: the owner of the case does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The people whom a word (`petitioner`) means in a case; `recipients` as in the event's data."""

    case: str
    who: str
    recipients: Json
    since: datetime


class RawMessage(Struct, frozen=True, kw_only=True):
    """A message as RabbitMQ delivered it, not validated."""

    body: bytes
    content_type: str | None
    headers: Mapping[str, Json]
    routing_key: str
    received_at: datetime
    user: str | None = None
    """The RabbitMQ user who sent it, as validated by the broker; None if the sender named none."""
    caller: str | None = None
    """Who has published it over HTTP, as the hub itself says."""
    lane: Lane | None = None
    """The lane to which the hub has moved it, because its sender was above their rate."""
    mended_by: str | None = None
    """Who has mended it, as the hub itself says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """
    A message that intake could not process, whole, with a reason that a publisher can act on.

    `id` is made from the bytes, so that a redelivery is the same dead letter.
    """

    id: UUID
    received_at: datetime
    reason: str
    field: str | None
    event_type: str | None
    event_id: str | None
    source: str | None
    routing_key: str
    content_type: str | None
    headers: Mapping[str, Json]
    body: bytes
    times: int = dataclasses.field(default=1, compare=False)
    """How often these bytes have come."""
    sender: str | None = None
    """The RabbitMQ user, as validated by the broker, or `http:` and the caller; None if it named nobody."""
    wrong_sender: bool = False
    """Whether it was refused for who had sent it."""
    proven: bool = dataclasses.field(default=False, compare=False)
    """Whether its sender may publish for its source. It is known when it is refused, and not stored."""
    state: str = dataclasses.field(default="open", compare=False)
    """`open`, `replayed` or `discarded`."""
    mended_by: str | None = dataclasses.field(default=None, compare=False)
    """Who has changed the body that is published again; of a letter as it came None."""
