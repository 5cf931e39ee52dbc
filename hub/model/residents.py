"""The resident's own page: a message, the state of its case, and the keys that open the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.model.clocks import Clock
from hub.model.consents import Consent, Stance
from hub.model.json import Json
from hub.model.messages import Brand, State
from hub.model.people import ContactPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """Something that happened in a case: the name and the id of its event, and when. Nothing of a person."""

    name: str
    at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentMessage:
    """
    A message with its copropiedad, its case's clocks (those that run first) and the events of that case.

    `case` is the key of the case; None for a message that belongs to none. `recalled_at` is when it
    was taken back, and `correction` what its publisher then said is right, as Markdown. `opened` are the
    fields of the first event, which are person data; `unit` is the unit whose payments the case has.
    """

    message_id: UUID
    person: str
    case: str | None
    building: str | None = None
    recalled_at: datetime | None = None
    correction: str | None = None
    brand: Brand | None = None
    clocks: Sequence[Clock] = ()
    events: Sequence[CaseEvent] = ()
    opened: Mapping[str, Json] = field(default_factory=dict)
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """What the person said in a matter (`mine`), or somebody of the staff by that name: person data."""

    at: datetime
    words: str
    mine: bool = False
    name: str = ""
    files: Sequence[str] = ()
    """The names of the files that came with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWay:
    """The message of a matter that the person may answer, with the channel and address to which it went."""

    message_id: UUID
    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnConversation:
    """What one person and the staff said to each other in a matter, oldest first."""

    said: Sequence[OwnWords] = ()
    way: AnswerWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownResident:
    """A person of the directory, with the verified contacts that may receive a code: by mail or by text."""

    person: str
    name: str
    contacts: Sequence[ContactPoint] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentCode:
    """
    A one-time code that was sent. `hash` is that of the cookie of the browser that asked for it.

    `digest` is that of the code, keyed; `shown` is where it went, masked.
    """

    hash: bytes
    person: str
    digest: str
    shown: str
    created_at: datetime
    ends_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentSession:
    """An open page of a person; `hash` is that of its cookie."""

    hash: bytes
    person: str
    created_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    """
    A message that was planned for a person, with the event of which it tells.

    `opened_type` and `opened` are the first event of its case, or its own; `unit` as in a ResidentMessage.
    `recalled`: that event was taken back.
    """

    id: UUID
    event: str
    channel: str
    state: State
    created_at: datetime
    reason: str | None = None
    event_key: UUID | None = None
    case: str | None = None
    opened_type: str = ""
    opened: Mapping[str, Json] = field(default_factory=dict)
    unit: str = ""
    recalled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentPlace:
    """The roles of a person, and their places: `owner` of `Torre 1, apto. 101` in `Altos del Rosal`."""

    role: str
    building: str | None
    unit: str | None
    copropiedad_id: str | None = None
    unit_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentFile:
    """The directory's entry about a person, and the person's consents and revocations."""

    person: str
    name: str
    locale: str
    contacts: Sequence[ContactPoint]
    places: Sequence[ResidentPlace]
    consents: Sequence[Consent]
    stances: Sequence[Stance]
