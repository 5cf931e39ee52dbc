"""Messages as rows: the columns that staff sees of one, in lists, whole, and beside an event."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model.catalogue import Purpose
from hub.model.json import Instant
from hub.model.letters import LetterState
from hub.model.looks import IsMasked, IsNamed, MayUnmask
from hub.model.messages import State

IsFinal = Annotated[bool, Meta(description="Nothing more happens to it by itself.")]
Means = Annotated[str, Meta(description="What its state and reason mean, in Spanish.")]
StoredState = Annotated[str, Meta(extra_json_schema={"enum": [str(state) for state in State]})]
"""A State as a row has it: a newer hub may have stored one that this hub does not know, and staff sees it."""
OfLetter = Annotated[
    LetterState | None,
    Meta(description="How far the letter has come that waits to be handed over; its `state` is `sent`."),
]
ToDo = Annotated[str, Meta(description="What somebody must do about it, in Spanish; empty: nothing.")]


class ListedMessage(Struct, frozen=True, kw_only=True):
    """A message of a list as stored, without name and address."""

    id: UUID
    event_id: str
    event: str
    person: Annotated[str, Meta(description="A reference; never a name or an address.")]
    channel: str
    purpose: Purpose
    state: StoredState
    reason: str | None
    next_at: Instant | None
    created_at: Instant
    letter: OfLetter = None


class MessageRow(ListedMessage, frozen=True, kw_only=True):
    final: IsFinal
    means: Means
    to_do: ToDo


class AttemptRow(Struct, frozen=True, kw_only=True):
    """One call of a provider, or a final state without a call."""

    at: Instant
    outcome: str
    provider: str
    reference: str | None
    code: str


class ShownMessage(ListedMessage, frozen=True, kw_only=True):
    """A message as stored, with its attempts and its person, who may be masked."""

    skipped: Annotated[list[str], Meta(description="Channels passed over, each with its reason.")]
    name: str
    address: str
    event_key: UUID
    occasion: Annotated[str, Meta(description="`initial`, or which reminder.")]
    case: Annotated[str | None, Meta(description="The key of its case.")]
    attempts: list[AttemptRow]
    masked: IsMasked
    named: IsNamed
    may_unmask: MayUnmask


class MessageWhole(ShownMessage, frozen=True, kw_only=True):
    """A message with its history."""

    final: IsFinal
    means: Means
    to_do: ToDo


class NotifiedMessage(Struct, frozen=True, kw_only=True):
    """A message to one of the people whom an event notified."""

    id: UUID
    channel: str
    occasion: str
    state: StoredState
    reason: str | None
    filed: Annotated[bool, Meta(description="It was only written into a file: nobody received it.")]
    letter: OfLetter = None


class NotifiedPerson(Struct, frozen=True, kw_only=True):
    """A person whom an event notified, by reference, and the messages to them."""

    person: str
    messages: list[NotifiedMessage]
