"""Bytes → events and dead letters. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.cloudevents import DEAD_BODY, MAX_BODY, attributes_in, decode, identity_in
from hub.cloudevents.schemas import Schemas
from hub.contact_rules.consents import SAID_AT
from hub.errors import InvalidEvent
from hub.intake.source_bindings import FREE, BindingSnapshot
from hub.messages.planning.plan import Rules
from hub.model import (
    TYPE_PREFIX,
    DeadLetter,
    Event,
    EventType,
    RawMessage,
    own_event,
)
from hub.model.ids import body_id, event_key

REJECTED: Final = "event.rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeContext:
    """What the hub knows when an event comes in. Values only: nothing here asks a server."""

    schemas: Schemas
    catalog: Mapping[str, EventType]
    rules: Rules


@dataclass(slots=True, kw_only=True)
class Batch:
    """A batch that was read: events in the order of arrival, each once, and what cannot be taken in."""

    events: dict[UUID, tuple[Event, RawMessage]] = field(default_factory=dict)
    letters: list[DeadLetter] = field(default_factory=list)

    def halves(self) -> tuple[Batch, Batch]:
        """Split the events in two, what others look up first; the letters stay with the first half."""
        items = sorted(self.events.items(), key=lambda item: not is_looked_up(item[1][0]))
        middle = len(items) // 2
        first = Batch(events=dict(items[:middle]), letters=self.letters)
        return first, Batch(events=dict(items[middle:]))

    def without_events(self, reason: str) -> Batch:
        """Turn the events into dead letters."""
        refused = InvalidEvent(reason)
        letters = [dead_letter(incoming, refused) for _, incoming in self.events.values()]
        return Batch(letters=self.letters + letters)


def read(
    incoming: Iterable[RawMessage], *, context: IntakeContext, now: datetime, bound: BindingSnapshot = FREE
) -> Batch:
    """Decode and validate; what fails becomes a dead letter with a reason that a publisher can act on."""
    batch = Batch()
    for one in incoming:
        try:
            event = decode(one.body, one.content_type, one.headers)
            bound.require(event, one)
            context.schemas.check(event, now=now)
        except InvalidEvent as exc:
            batch.letters.append(dead_letter(one, exc))
        else:
            batch.events.setdefault(event_key(event), (event, one))
    return batch


def is_directory(event: Event) -> bool:
    """Tell whether the event says who lives and works where, which the others of its batch need."""
    return event.name.startswith("directory.")


def is_looked_up(event: Event) -> bool:
    """Tell whether the event says what the others of its batch are planned by."""
    return is_directory(event) or event.name in SAID_AT


def dead_letter(incoming: RawMessage, error: InvalidEvent) -> DeadLetter:
    """Keep what came, whole (the first 64 KiB of what is too large), with its reason."""
    found = identity_in(incoming.body, incoming.content_type, incoming.headers)
    return DeadLetter(
        id=body_id(incoming.body, incoming.routing_key, attributes_in(incoming.headers)),
        received_at=incoming.received_at,
        reason=error.reason,
        field=error.field,
        event_type=found.get("type"),
        event_id=found.get("id"),
        source=found.get("source"),
        routing_key=incoming.routing_key,
        content_type=incoming.content_type,
        headers=incoming.headers,
        body=incoming.body if len(incoming.body) <= MAX_BODY else incoming.body[:DEAD_BODY],
    )


def may_be_told(letter: DeadLetter) -> bool:
    """A rejection that comes back, because somebody bridges the exchanges, must not make another one."""
    return not (letter.event_type or letter.routing_key).removeprefix(TYPE_PREFIX).startswith(REJECTED)


def rejection(letter: DeadLetter, now: datetime) -> Event:
    """Make the `event.rejected` that tells publishers; it goes to `hub.events.out` only."""
    return own_event(
        REJECTED,
        f"rejected:{letter.id}",
        {
            "dead_letter_id": str(letter.id),
            "reason": letter.reason,
            "field": letter.field,
            "event_type": letter.event_type,
            "event_id": letter.event_id,
            "event_source": letter.source,
            "routing_key": letter.routing_key,
        },
        time=now,
    )
