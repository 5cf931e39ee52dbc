"""Kinds of events, and whom each speaks to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

TYPE_PREFIX = "co.coproservicios."


TYPE_SUFFIX = ".v1"


def type_of(name: str) -> str:
    """Answer the type of a routing key: `pqrs.received` → `co.coproservicios.pqrs.received.v1`."""
    return f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}"


class Lane(StrEnum):
    """Lanes never wait for each other."""

    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class Purpose(StrEnum):
    """Why somebody is told; decides hours, opt-outs and expiry."""

    EMERGENCY = "emergency"
    LEGAL = "legal"
    TRANSACTIONAL = "transactional"
    SERVICE = "service"
    SURVEY = "survey"
    COLLECTION = "collection"
    COMMERCIAL = "commercial"
    INTERNAL = "internal"


class Print(StrEnum):
    """Whether an audience is also told on paper."""

    NEVER = "never"
    LETTER = "letter"
    BOARD = "board"
    BOTH = "both"


class Cascade(StrEnum):
    """How the steps of an audience follow each other."""

    CASCADE = "cascade"
    """The next step when every message of the one before failed for good, or was not confirmed in time."""
    FIRST = "first"
    """The first step that can reach the person, and no other."""
    ALL = "all"
    """All channels of all steps at once."""


class Move(StrEnum):
    """What an event does to a clock of its case."""

    START = "start"
    STOP = "stop"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    """A new term was told, as `new_due_on` says, at most by the policy's `extension`."""
    CHECK = "check"
    """Something must be told so far ahead: what this event tells must have left by then."""
    RESTART = "restart"
    """The whole term once more, as it was promised the last time."""
    REOPEN = "reopen"
    """The answer that stopped it has not arrived: it never stopped."""
    ACKNOWLEDGE = "acknowledge"
    """A level has taken the matter on, and gets one more of its durations."""


@dataclass(frozen=True, slots=True)
class ClockMove:
    """`ClockMove("first_reply", Move.STOP)`; `when` limits it to data like {"status": "cleared"}."""

    clock: str
    move: Move
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message again, `before` or `after` the instant in the event's data field `field`."""

    field: str
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)

    @property
    def offset(self) -> timedelta:
        return self.after - self.before

    @property
    def occasion(self) -> str:
        """`reminder:T-24h`, `reminder:T+48h`."""
        return f"reminder:T{self.offset // timedelta(hours=1):+}h"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """
    Somebody whom an event speaks to.

    `channels` is a tuple of steps, each a tuple of channels used together; `cascade` says how they
    follow each other. `template` names the block
    set in the event's template when this audience reads another text than the first. `when`
    limits the audience to events whose data has these values. `channel_by` names the field of data
    that says which one of the channels is used ("the channel used"); without it, or where that names
    none of them (a paper was signed), all are. `any_hour` tells staff outside their working hours, too.
    """

    who: tuple[str, ...]
    purpose: Purpose
    channels: tuple[tuple[str, ...], ...]
    cascade: Cascade = Cascade.CASCADE
    print: Print = Print.NEVER
    template: str | None = None
    when: Mapping[str, str] = field(default_factory=dict)
    channel_by: str | None = None
    any_hour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """
    What the hub knows about a kind of event; `hub.catalog.CATALOG` lists them all.

    `case` is the field of data that ties the events of one case together; `realm` tells its cases from those
    of others with the same field. After one that `ends_reminders`, what happened in its case before is not
    reminded of any more; its own reminders stay.
    """

    name: str
    lane: Lane
    case: str
    audiences: tuple[Audience, ...] = ()
    clocks: tuple[ClockMove, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    ends_reminders: bool = False
    realm: str = ""
    hub_emitted: bool = False

    @property
    def type(self) -> str:
        return type_of(self.name)
