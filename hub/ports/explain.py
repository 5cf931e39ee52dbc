"""What must be known to explain why somebody was told of an event or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hub.model import Attempt, AudienceRecord, LeftOut, Message, StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceSnapshot:
    """An audience as it was planned, the state of the directory then, and why the person was left out."""

    record: AudienceRecord
    directory_version: int
    left_out: LeftOut | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """
    A message to the person, and how it was sent.

    The name is left out; the address is masked, and empty where the channel has none.
    """

    message: Message
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """
    What one version of the person (`kind` is `person`) or of a membership said.

    It counts from `since` until `until`; the hub heard it as its `position`-th news, at `received_at`.
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
    """Where a unit is, and what it is called."""

    label: str
    copropiedad_id: str
    tower: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitVersion:
    """What one version of a unit said. The hub heard it as its `position`-th news, and it counted at once."""

    version: int
    position: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainFacts:
    """All that is known of one event and one person. `units` and `copropiedades` are as they are now."""

    event: StoredEvent
    person: str
    audiences: Sequence[AudienceSnapshot] = ()
    messages: Sequence[SentMessage] = ()
    history: Sequence[Version] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    unit_history: Mapping[str, Sequence[UnitVersion]] = field(default_factory=dict)
    copropiedades: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A dead letter of an event, as its latest bytes are: `state` is `open`, `replayed` or `discarded`."""

    reason: str
    state: str
    received_at: datetime


class ExplainStore(Protocol):
    """Reads only; addresses are masked."""

    async def events(self, asked: str, source: str | None) -> Sequence[StoredEvent]:
        """Answer the events with this id, of one source or of any; of one key the one."""

    async def refused(self, event_id: str, source: str | None) -> Refused | None:
        """Answer the newest dead letter of this event id."""

    async def facts(self, event: StoredEvent, person: str) -> ExplainFacts:
        """Answer all that is known of the event and the person."""
