"""The facts that explain why a person was or was not notified of an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.model import Attempt, AudienceRecord, LeftOut, MarkEntry, Message, StoredEvent
from hub.model.contact_facts import LastContact
from hub.model.posters import HungPoster


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceSnapshot:
    """An audience as planned, the version of the directory then, and why the person was left out."""

    record: AudienceRecord
    directory_version: int
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """
    A message to the person, and its attempts.

    The name is left out. The address is masked, and empty for a channel without addresses. If the message has
    expired, `later` is the newest one about the same case that has left for the same person since, and
    `case_open` tells whether a clock of the case still runs. `reported_at` is the first time that somebody
    did not recognise it. If it waits for the limit of contacts, `contacts` are those of the week before.
    `digest` is the event of the digest that has it in its place. If it waits, `refused` is why it would not
    leave: the person has decided otherwise since it was planned.
    """

    message: Message
    attempts: Sequence[Attempt] = ()
    later: SentMessage | None = None
    case_open: bool = False
    reported_at: datetime | None = None
    contacts: Sequence[LastContact] = ()
    digest: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """
    One version of the person (`kind` is `person`) or of a membership.

    It is in force from `since` until `until`. It was the `position`-th change of the directory that the hub
    received, at `received_at`.
    """

    kind: str
    id: str
    version: int
    since: datetime
    until: datetime | None
    removed: bool
    position: int
    received_at: datetime
    person: str | None = None
    role: str | None = None
    scope: str | None = None
    duty: str | None = None
    level: int | None = None
    service_area: str | None = None
    on_call: bool | None = None
    direction: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit's label, copropiedad and tower."""

    label: str
    copropiedad_id: str
    tower: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitVersion:
    """One version of a unit, received as the `position`-th change of the directory and in force at once."""

    version: int
    position: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainFacts:
    """
    All stored facts about one event and one person. `units` and `copropiedades` are current.

    `posters` are those of the event. `alerted_at` is when the desk was asked to call the person, whom no
    message of an emergency has reached. `recall` is the event by which the publisher has taken this one back.
    `marks` are all marks of staff on the person: do not contact.
    """

    event: StoredEvent
    person: str
    recall: StoredEvent | None = None
    audiences: Sequence[AudienceSnapshot] = ()
    messages: Sequence[SentMessage] = ()
    history: Sequence[Version] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    unit_history: Mapping[str, Sequence[UnitVersion]] = field(default_factory=dict)
    copropiedades: Mapping[str, str] = field(default_factory=dict)
    alerted_at: datetime | None = None
    posters: Sequence[HungPoster] = ()
    marks: Sequence[MarkEntry] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The latest dead letter of an event; `state` is `open`, `replayed` or `discarded`."""

    reason: str
    state: str
    received_at: datetime
