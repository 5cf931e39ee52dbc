"""Decoding: bytes become events and dead letters. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from hub import sla
from hub.cloudevents import DEAD_BODY, MAX_BODY, attributes_in, decode, identity_in
from hub.cloudevents.schemas import Schemas
from hub.contact_rules.consents import SAID_AT
from hub.errors import InvalidEvent, KnownId, RefusedEvents, WrongSender
from hub.intake.needs import Needs, needs_of, skipping_cases
from hub.intake.replay_sender import as_mended, as_sent
from hub.intake.sender_rates import SenderRates
from hub.intake.source_bindings import BindingSnapshot
from hub.intake.traces import with_trace
from hub.messages.planning.documents import with_document
from hub.messages.planning.plan import Rules
from hub.messages.planning.posters import Board, boards_of
from hub.model import (
    CANARY,
    MENDED_BY,
    TYPE_PREFIX,
    DeadLetter,
    Event,
    EventType,
    Lane,
    RawMessage,
    is_hub_source,
    own_event,
)
from hub.model.ids import body_id, event_key
from hub.people.audience import Addressee, operators
from hub.ports.traces import Tracer

REJECTED: Final = "event.rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeContext:
    """
    The context in which intake reads an event. Values only: nothing here calls a server.

    `lane` is the lane whose queue is read; without it, events of all lanes are processed together. `rates`
    counts what each sender publishes in it; without them nobody has a limit. An event that is not `counted`
    moves no metric: one of a dry run. With a `tracer`, which only collects, events keep the trace of the
    message in which they came.

    Whatever follows from catalogue and policy is worked out once: by CloudEvents type the entries (`kinds`),
    their `needs` and the `boards` on which they have posters, the types `with_document`, the kinds of cases
    that may be `skipping` a replay, the `version` of replays, the clocks that may be `reopened`, by table
    of the policy the `operators` whose addresses it names, and the sources whose events are `reviewed`.
    """

    schemas: Schemas
    catalog: Mapping[str, EventType]
    rules: Rules
    lane: Lane | None = None
    rates: SenderRates | None = None
    counted: bool = True
    tracer: Tracer | None = None
    kinds: Mapping[str, EventType] = field(init=False)
    needs: Mapping[str, Needs] = field(init=False)
    skipping: frozenset[str] = field(init=False)
    version: str = field(init=False)
    reopened: frozenset[str] = field(init=False)
    operators: Mapping[str, Sequence[Addressee]] = field(init=False)
    with_document: frozenset[str] = field(init=False)
    boards: Mapping[str, Sequence[Board]] = field(init=False)
    reviewed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        needs = {name: needs_of(kind) for name, kind in self.catalog.items()}
        object.__setattr__(self, "kinds", {kind.type: kind for kind in self.catalog.values()})
        object.__setattr__(self, "needs", {kind.type: needs[kind.name] for kind in self.catalog.values()})
        object.__setattr__(self, "skipping", skipping_cases(self.catalog.values(), needs))
        object.__setattr__(self, "reopened", sla.reopened_by(self.catalog))
        object.__setattr__(self, "version", sla.version_of(self.catalog, self.rules.policy))
        policy = self.rules.policy
        named = {"monitor": policy.monitor.notify, "evidence": policy.evidence.notify}
        whom = {table: operators(notify, policy.company.email) for table, notify in named.items()}
        object.__setattr__(self, "operators", whom)
        object.__setattr__(self, "with_document", with_document(self.catalog, policy.documents))
        object.__setattr__(self, "boards", boards_of(self.catalog))
        object.__setattr__(self, "reviewed", frozenset(policy.review.sources))


@dataclass(slots=True, kw_only=True)
class Batch:
    """A decoded batch: events in the order of arrival, without repeats, and dead letters for the rest."""

    events: dict[UUID, tuple[Event, RawMessage]] = field(default_factory=dict)
    letters: list[DeadLetter] = field(default_factory=list)
    opened: frozenset[str] = frozenset()
    """Cases that are opened now, and to which others have added before who may not."""

    def halves(self) -> tuple[Batch, Batch]:
        """Split the events in two, those that others depend on first; the letters stay in the first half."""
        items = sorted(self.events.items(), key=lambda item: not is_looked_up(item[1][0]))
        middle = len(items) // 2
        first = Batch(events=dict(items[:middle]), letters=self.letters, opened=self.opened)
        return first, Batch(events=dict(items[middle:]))

    def without_events(self, refused: InvalidEvent) -> Batch:
        """Turn the events into dead letters."""
        letters = [dead_letter(incoming, refused, proven=True) for _, incoming in self.events.values()]
        return Batch(letters=self.letters + letters)

    def without(self, found: RefusedEvents) -> Batch:
        """Turn the events that the transaction has found unfit into dead letters."""
        letters = [
            dead_letter(self.events[key][1], error, proven=True) for key, error in found.refused.items()
        ]
        events = {key: event for key, event in self.events.items() if key not in found.refused}
        return Batch(events=events, letters=self.letters + letters, opened=self.opened | found.strangers)


def read(
    incoming: Iterable[RawMessage],
    *,
    context: IntakeContext,
    now: datetime,
    bound: BindingSnapshot,
    before: Batch | None = None,
) -> Batch:
    """
    Decode and validate; what fails becomes a dead letter with a reason that a publisher can act on.

    Adds to the batch `before`, if there is one.
    """
    batch = Batch() if before is None else before
    for delivered in incoming:
        if not delivered.body and delivered.routing_key.startswith(CANARY):
            # Its own queue was missing: the lanes have taken it for an event of an unknown type.
            continue
        raw = delivered if delivered.user is None else as_sent(delivered, bound.own)
        proven = False
        try:
            event = decode(raw.body, raw.content_type, raw.headers)
            bound.require(event, raw)
            proven = True
            context.schemas.check(event, now=now)
        except InvalidEvent as exc:
            batch.letters.append(dead_letter(raw, exc, proven=proven))
        else:
            if raw.mended_by is not None or MENDED_BY in event.extensions:
                event = as_mended(event, raw.mended_by)
            if context.tracer is not None:
                event = with_trace(event, raw.headers)
            first, _ = batch.events.setdefault(event_key(event), (event, raw))
            if first is not event and differ(first, event):
                batch.letters.append(dead_letter(raw, of_known_id(), proven=True))
    return batch


def differ(first: Event, second: Event) -> bool:
    """Return whether a repeat is another event; the hub's own steps may come again with other numbers."""
    return (first.type, first.data) != (second.type, second.data) and not is_hub_source(second.source)


def of_known_id() -> KnownId:
    """Return the refusal of an event under whose id its source has published another one."""
    return KnownId(
        "id: this source has published other content under it: the first one stays, give this one its own id",
        field="id",
    )


def is_directory(event: Event) -> bool:
    """Return whether the event changes the directory, which the other events of its batch need."""
    return event.name.startswith("directory.")


def is_looked_up(event: Event) -> bool:
    """Return whether the other events of a batch depend on this one (directory or consent)."""
    return is_directory(event) or event.name in SAID_AT


def dead_letter(incoming: RawMessage, error: InvalidEvent, *, proven: bool = False) -> DeadLetter:
    """Make a dead letter with the whole body (the first 64 KiB of one that is too large) and its reason."""
    identity = identity_in(incoming.body, incoming.content_type, incoming.headers)
    return DeadLetter(
        id=body_id(incoming.body, incoming.routing_key, attributes_in(incoming.headers)),
        received_at=incoming.received_at,
        reason=error.reason,
        field=error.field,
        event_type=identity.get("type"),
        event_id=identity.get("id"),
        source=identity.get("source"),
        routing_key=incoming.routing_key,
        content_type=incoming.content_type,
        headers=incoming.headers,
        body=incoming.body if len(incoming.body) <= MAX_BODY else incoming.body[:DEAD_BODY],
        sender=incoming.user,
        wrong_sender=isinstance(error, WrongSender),
        proven=proven,
    )


def may_be_reported(letter: DeadLetter) -> bool:
    """Return false for a rejection that comes back over bridged exchanges: it must not cause another one."""
    return not (letter.event_type or letter.routing_key).removeprefix(TYPE_PREFIX).startswith(REJECTED)


def rejection(letter: DeadLetter, now: datetime) -> Event:
    """Make the `event.rejected` that notifies publishers; it goes to `hub.events.out` only."""
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
