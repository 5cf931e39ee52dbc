"""Event types, and the audiences of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from hub.model.json import Json

TYPE_PREFIX = "co.coproservicios."
TYPE_SUFFIX = ".v1"
THREAD = "thread_id"
"""The field that links a conversation; its value may be the key of any case, such as `pqrs_id:PQ-1`."""
_STAFF = ("staff:", "level:")
"""Beginnings of the words that name staff."""


def type_of(name: str) -> str:
    """Return the type of a routing key: `pqrs.received` → `co.coproservicios.pqrs.received.v1`."""
    return f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}"


class Lane(StrEnum):
    """Priority lanes; messages in one lane never wait for another lane."""

    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class Purpose(StrEnum):
    """Why a message is sent; decides contact hours, opt-outs and expiry."""

    EMERGENCY = "emergency"
    LEGAL = "legal"
    TRANSACTIONAL = "transactional"
    SERVICE = "service"
    SURVEY = "survey"
    COLLECTION = "collection"
    COMMERCIAL = "commercial"
    INTERNAL = "internal"


class Print(StrEnum):
    """Whether an audience is also notified on paper."""

    NEVER = "never"
    LETTER = "letter"
    BOARD = "board"
    BOTH = "both"


class DocumentUse(StrEnum):
    """The use of an event's document in its messages."""

    NAME = "name"
    """They say where its publisher has it."""
    LINK = "link"
    """They lead to the hub's own copy, by a link of the recipient that ends."""
    ATTACH = "attach"
    """Mails take it along where it is small, and letters too; else they lead to it."""


class Cascade(StrEnum):
    """How the steps of an audience follow each other."""

    CASCADE = "cascade"
    """Take the next step when every message of the last one failed for good, or was not confirmed in time."""
    FIRST = "first"
    """Use the first step that can reach the person, and no other."""
    ALL = "all"
    """Use all channels of all steps at once."""


class Move(StrEnum):
    """The effect of an event on a clock of its case."""

    START = "start"
    STOP = "stop"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    """Extend the term to `new_due_on`, at most by the policy's `extension`."""
    CHECK = "check"
    """Check that the event's messages leave the required time ahead."""
    RESTART = "restart"
    """Start the whole term again, with the last promise."""
    REOPEN = "reopen"
    """Undo the stop: the answer that stopped the clock has not arrived."""
    ACKNOWLEDGE = "acknowledge"
    """Record that a level acknowledged the clock; it gets one more of its durations."""


@dataclass(frozen=True, slots=True)
class ClockMove:
    """`ClockMove("first_reply", Move.STOP)`; `when` limits it to data like {"status": "cleared"}."""

    clock: str
    move: Move
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """
    An event of the hub's own that another one schedules: `FollowUp("survey.requested",
    "survey_after_repair")`.

    `name` is its name in the case. `[follow_ups]` of the policy says how long after the event's time
    it is published; a name that is not there follows at once. With `to` there is one event per person of
    these words, each a case of its own; without, it is an event of the same case. `data` is part of its data,
    `fields` are copied from the event; `when` limits it as in `ClockMove`, `at_most` to a number in that
    field up to the policy's limit. `once` is true if a case has it only once, however often it is scheduled.
    """

    event: str
    name: str
    to: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    when: Mapping[str, str] = field(default_factory=dict)
    at_most: str | None = None
    once: bool = False


@dataclass(frozen=True, slots=True)
class Reminder:
    """
    A repeat of the message, `before` or `after` the instant in the event's data field `field`.

    Before a date it goes out when the company opens that many days before, or at the last opening before
    that day if the company is closed.
    One that counts `business_days` leaves when the day opens that lies so many of them before.
    With `follow_up` it comes that long after the event itself: the policy's `[follow_ups]` has how long. It
    is not sent after the instant in the field `until`.
    """

    field: str = ""
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    business_days: int = 0
    follow_up: str | None = None
    until: str | None = None

    @property
    def offset(self) -> timedelta:
        return self.after - self.before

    @property
    def occasion(self) -> str:
        """
        `reminder:T-24h`, `reminder:T+48h`; `reminder:T-3d` in business days; that of a policy is
        `reminder:survey_reminder`, however long it is.
        """
        if self.business_days:
            return f"reminder:T-{self.business_days}d"
        return f"reminder:{self.follow_up or f'T{self.offset // timedelta(hours=1):+}h'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """
    The recipients of an event.

    `channels` is a tuple of steps, each a tuple of channels used together; `cascade` is how the steps
    follow each other. `template` names the block set in the event's template if this audience reads another
    text than the first. `when` limits the audience to events whose data has these values. `channel_by` names
    the data field with the one channel to use ("the channel used"); without it, or if it names none of the
    channels (a paper was signed), all are used. If it names several, those are used at once. `segment_by`
    names the data field that narrows the audience to the people of one role. `any_hour` notifies staff
    outside their working hours, too.
    An `optional` audience is a courtesy: the event has reached those whom it is for also while it is empty.
    `who_by` names the data field that says for which of the words the event is: `owners`, `residents`, or
    `both`; of staff the duty. An audience that is `reminders_only` gets no message now. With
    `one_authorised` each person gets one message, over the channel that they have authorised for the purpose
    (Ley 2300 de 2023, arts. 2 and 3). A `digestible` audience loses nothing if it reads the event some days
    later, in the digest that a person has asked for. Of an event that names towers, people who live in others
    read the text `other_towers`. Of a `narrowable` audience a communication may choose the people.
    """

    who: tuple[str, ...]
    purpose: Purpose
    channels: tuple[tuple[str, ...], ...]
    cascade: Cascade = Cascade.CASCADE
    print: Print = Print.NEVER
    template: str | None = None
    when: Mapping[str, str] = field(default_factory=dict)
    channel_by: str | None = None
    segment_by: str | None = None
    any_hour: bool = False
    optional: bool = False
    who_by: str | None = None
    reminders_only: bool = False
    one_authorised: bool = False
    digestible: bool = False
    other_towers: str | None = None
    narrowable: bool = False

    @property
    def texts(self) -> tuple[str | None, ...]:
        """The names of the texts that its people read."""
        return (self.template,) if self.other_towers is None else (self.template, self.other_towers)

    @property
    def is_staff(self) -> bool:
        """Whether only staff reads it: also in an emergency, of which residents read another text."""
        return self.purpose is Purpose.INTERNAL or all(who.startswith(_STAFF) for who in self.who)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """
    The catalogue entry of an event type; `hub.catalog.CATALOG` lists all of them.

    `case` is the data field that links the events of one case; `realm` separates its cases from others with
    the same field. An event that `ends_reminders` ends the reminders of earlier events of its case; its own
    reminders stay. One that also `ends_messages` ends all that has not left yet of those events, except what
    the law requires. In the same way an event that `ends_collection` ends their collection that has not left.
    What an event asks for is `answered_by` later events of its case: all its messages that have not left end
    with the first of them, also those that the law requires.
    `useful_until` names the data field (a date or an instant) after which its messages are worthless.
    `takes_effect` names the date from which on the news counts: less than a day before it they wait for no
    digest. An event that `collects` asks somebody for money that is due. `follow_ups` are the events that it
    schedules; one that `ends_follow_ups` cancels those that earlier events of its case have scheduled. Only
    the hub publishes an event that is `hub_emitted`; the hub and others publish one that is `shared`.
    `document` is what its messages do with the document that its data name. `takes_over` names the data field
    with the conversation that is the event's case from now on.
    """

    name: str
    case: str
    lane: Lane = Lane.NORMAL
    audiences: tuple[Audience, ...] = ()
    clocks: tuple[ClockMove, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    ends_reminders: bool = False
    ends_collection: bool = False
    ends_messages: bool = False
    answered_by: tuple[str, ...] = ()
    useful_until: str | None = None
    takes_effect: str | None = None
    realm: str = ""
    document: DocumentUse = DocumentUse.NAME
    hub_emitted: bool = False
    shared: bool = False
    follow_ups: tuple[FollowUp, ...] = ()
    ends_follow_ups: bool = False
    takes_over: str = ""
    collects: bool = field(init=False)
    staff_texts: frozenset[str | None] = field(init=False)

    @property
    def type(self) -> str:
        return type_of(self.name)

    def is_for_staff(self, template: str | None) -> bool:
        """Return whether only staff reads this text of the event."""
        return template in self.staff_texts

    def readers_of(self, template: str | None) -> tuple[Audience, ...]:
        """Return the audiences whose people read this text."""
        return tuple(audience for audience in self.audiences if template in audience.texts)

    def case_of(self, data: Mapping[str, Json]) -> str | None:
        """Return the key that ties the events of one case together: `pqrs_id:PQ-2026-000123`."""
        value = data.get(self.case)
        if value is None:
            return None
        # A thread id with a colon is the key of a case: a reply about that case, and the answer to the reply.
        return value if self.case == THREAD and ":" in value else f"{self.realm}{self.case}:{value}"

    def __post_init__(self) -> None:
        collects = any(audience.purpose is Purpose.COLLECTION for audience in self.audiences)
        object.__setattr__(self, "collects", collects)
        texts = {text: self.readers_of(text) for audience in self.audiences for text in audience.texts}
        staff = (text for text, readers in texts.items() if all(audience.is_staff for audience in readers))
        object.__setattr__(self, "staff_texts", frozenset(staff))
