"""Events, from the wire to their row."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.model.catalogue import TYPE_PREFIX, TYPE_SUFFIX, type_of
from hub.model.json import Json

HUB_SOURCE = "urn:hub"
THREAD = "thread_id"
"""The field that ties a conversation together; it may name any case, as `pqrs_id:PQ-1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
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
    Make an event of the hub's own. Said again with the same id it is a duplicate.

    A `quiet` one is recorded, and tells nobody.
    """
    return Event(
        id=event_id,
        source=HUB_SOURCE,
        type=type_of(name),
        time=time,
        data=data,
        extensions={"quiet": True} if quiet else {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as its row: its key, its case, where it happened."""

    key: UUID
    event: Event
    case: str | None
    copropiedad_id: str | None = None
    unit_id: str | None = None
    planned: bool = True
    waiting: bool = False
    """True when a party of the case (the petitioner …) is not known yet; planned again when it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who a person-valued word (`petitioner`) stands for in a case; `recipients` as in the event's data."""

    case: str
    who: str
    recipients: Json
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """What came over the wire, before anything of it is believed."""

    body: bytes
    content_type: str | None
    headers: Mapping[str, Json]
    routing_key: str
    received_at: datetime
    user: str | None = None
    """The user of RabbitMQ who sent it, as the broker has validated it; None where the sender named none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """
    Something that could not be taken in, whole, with a reason that a publisher can act on.

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
