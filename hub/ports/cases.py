"""Everything that is stored of one case, entry by entry in time order; the filters of lists of cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from hub.model import Clock, Inbound, PropertyScope, StoredEvent
from hub.model.casework import CaseKind, CaseNote, ReplyView
from hub.model.given_files import KeptFile
from hub.ports.explain import SentMessage

Plain: TypeAlias = Callable[[str | None], bool]
"""Whether names and words of what belongs to a place are shown; None is no place."""


def nowhere_plain(_: str | None) -> bool:
    return False


class EntryKind(StrEnum):
    """The kind of an entry. A clock's steps are events of the hub's own, so they are events here."""

    EVENT = "event"
    REPLY = "reply"
    CLOCK = "clock"
    LEFT_OUT = "left_out"
    MESSAGE = "message"
    NOTE = "note"
    """What colleagues write or do among themselves."""


class ClockChange(StrEnum):
    """A change that a clock itself records; its warnings and escalations are events."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    REOPENED = "reopened"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """
    The place of an entry in its case: entries are in the order of `at`, `rank` and `id`.

    `at` is when it happened: the CloudEvents time of an event, the first try of a message, or its creation
    while there is none. `rank` puts the effects of an event after it. `key` is the id of the event, message,
    reply or clock; a person who was left out has the event's. `change` is a ClockChange. `person`, `reason`
    and `detail` belong to a person who was left out.
    """

    at: datetime
    rank: int
    id: str
    kind: EntryKind
    key: UUID
    change: ClockChange | None = None
    person: str | None = None
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMessage(SentMessage):
    """
    A message as its case shows it.

    The address is masked, unless the whole case was asked for; so is the name, unless it is shown `plain`.

    `subject` and `text` are as they were stored for the inbox or for paper; None for other channels.
    """

    subject: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """
    A page of a case, with all that its entries name.

    `head` are the clocks that run, then those that ended last. `first` is the event that opened the case.
    `names` are those of people and accounts: whole for authors (took on, acknowledged), masked for others
    unless the whole case was asked for. `plain` are the keys of events, messages and replies that are shown
    with names and words. `files` came with replies and events. `unreached` has the reasons why an event did
    not reach everybody, `refused` the reasons why a clock does not hold a requested extension.
    """

    case: str
    first: StoredEvent | None
    head: Sequence[Clock]
    entries: Sequence[CaseEntry]
    next: str | None = None
    events: Mapping[UUID, StoredEvent] = field(default_factory=dict)
    messages: Mapping[UUID, CaseMessage] = field(default_factory=dict)
    replies: Mapping[UUID, Inbound] = field(default_factory=dict)
    clocks: Mapping[UUID, Clock] = field(default_factory=dict)
    notes: Mapping[UUID, CaseNote] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    copropiedades: Mapping[str, str] = field(default_factory=dict)
    unreached: Mapping[UUID, Sequence[str]] = field(default_factory=dict)
    refused: Mapping[UUID, Sequence[str]] = field(default_factory=dict)
    files: Mapping[UUID, Sequence[KeptFile]] = field(default_factory=dict)
    plain: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """
    A case that the caller may see, with the event that opened it.

    `alone` is true if nothing in it belongs to another place: then what names no place belongs to it, too.
    """

    case: str
    alone: bool
    first: StoredEvent | None = None
    into: str | None = None
    """The case in whose thread it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """
    A filter of cases; None does not filter.

    A case is open while a promise of it runs. `since` and `until` bound its last entry.
    """

    is_open: bool | None = None
    kind: CaseKind | None = None
    assignee: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    places: PropertyScope = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFilter:
    """A filter of replies; None does not filter. `who` is whose replies the view `mine` shows."""

    kind: str | None = None
    view: ReplyView | None = None
    who: str = ""
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    places: PropertyScope = None
