"""Communications: what people at the company write, the moves between their states, their plans and parts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.model.catalogue import type_of
from hub.model.events import Event
from hub.model.json import Instant, Json
from hub.model.sources import HUB_SOURCE, is_hub_source

CHOSEN: Final = "chosen"
"""The extension of a part's event that names its rows of people. Believed of the hub's own events alone."""
BOARDS: Final = "boards"
"""The extension that says, with NO_BOARD, that an event is not for everybody who passes a notice board."""
NO_BOARD: Final = "no"
CALLED: Final = "hub.communication.called"
"""The event that tells a colleague that a communication needs them, or was decided."""
CHANGED: Final = "changed"
"""Why a communication is a draft again: its words, documents or price are not those that were planned."""
LAPSED: Final = "lapsed"
"""Why it is one again: nobody has released it in time, or that was too long ago."""
WITHDRAWN: Final = "recalled"
"""Why one was cancelled: its publisher has taken the event back before anybody released it."""
UNREAD: Final = "unread"
"""Why there is nothing to correct: what was taken back had reached nobody."""
UNCORRECTED: Final = "uncorrected"
"""Why nothing is corrected: somebody has discarded the correction."""
_SUBJECT: Final = "communication"


class CommunicationState(StrEnum):
    """The states; `MOVES` has what each may become."""

    DRAFT = "draft"
    WAITING = "waiting"
    """Planned; a second person must release it."""
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    """Paused, while its unsent messages are being cancelled."""
    CANCELLED = "cancelled"
    DONE = "done"
    """Nothing of it is unsent. It runs again if it goes to some by another channel."""
    RECALLED = "recalled"
    """Taken back; a correction is due, or the reason why nobody needs one."""
    CORRECTED = "corrected"
    """Its correction has left, or there is none."""


_S = CommunicationState
MOVES: Final[Mapping[CommunicationState, frozenset[CommunicationState]]] = {
    _S.DRAFT: frozenset({_S.WAITING, _S.SCHEDULED, _S.RUNNING, _S.CANCELLED}),
    _S.WAITING: frozenset({_S.DRAFT, _S.SCHEDULED, _S.RUNNING, _S.CANCELLED}),
    _S.SCHEDULED: frozenset({_S.DRAFT, _S.RUNNING, _S.CANCELLED}),
    _S.RUNNING: frozenset({_S.PAUSED, _S.DONE, _S.CANCELLING, _S.RECALLED}),
    _S.PAUSED: frozenset({_S.RUNNING, _S.CANCELLING, _S.RECALLED}),
    _S.CANCELLING: frozenset({_S.CANCELLED, _S.RECALLED}),
    _S.CANCELLED: frozenset({_S.RECALLED}),
    _S.DONE: frozenset({_S.RUNNING, _S.RECALLED}),
    _S.RECALLED: frozenset({_S.CORRECTED}),
    _S.CORRECTED: frozenset(),
}
"""State → what it may become. A move that is not here is refused by its statement (`before`)."""
UNSTARTED: Final = frozenset({_S.DRAFT, _S.WAITING, _S.SCHEDULED})
"""Its parts have no events yet."""
STANDING: Final = frozenset({_S.PAUSED, _S.CANCELLING})
"""Its messages are held, until somebody lets it go on, or it is cancelled."""
HELD: Final = STANDING | {_S.RECALLED}
"""A pause of its own holds its messages; that of a recalled one ends once its recall is in."""
MOVING: Final = STANDING | {_S.RUNNING}
"""Its messages leave, or may."""


def before(state: CommunicationState) -> list[CommunicationState]:
    """Return the states from which a communication may become this."""
    return [one for one, others in MOVES.items() if state in others]


class Origin(StrEnum):
    """Where a communication was made; of an EVENT the hub holds what another system has published."""

    DESK = "desk"
    API = "api"
    COMMAND = "command"
    EVENT = "event"


Terms = Annotated[
    tuple[str, ...],
    Meta(max_length=500, description="Words of the language of audiences, as `owners@copropiedad:ph-x`."),
]


class Whom(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The chosen people: all that `to` means and a list names, without all that `without` means."""

    to: Terms = ()
    without: Terms = ()


class Side(StrEnum):
    """What a list does: it adds people, or leaves them out."""

    TO = "to"
    WITHOUT = "without"


class ListRow(Struct, frozen=True, kw_only=True):
    """A row of a list as it was resolved: a person or a unit, else `why` not. `masked` is what it said."""

    place: int
    masked: str
    person: str | None = None
    unit: str | None = None
    why: str | None = None
    side: Side = Side.TO


class Draft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody has written so far: the data of the event, the people, and the hour (none: at once)."""

    data: Mapping[str, Json] = {}
    whom: Whom = Whom()
    starts_at: Instant | None = None


class Recalled(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How it was taken back: what was wrong and what holds, or why nobody needs a correction."""

    at: Instant
    by: str
    reason: str
    wrong_markdown: str = ""
    correction_markdown: str = ""
    no_correction: str = ""


class Communication(Struct, frozen=True, kw_only=True):
    """
    A communication, at first a draft. `places` are the copropiedades of its people, None the whole company.

    `why` is the machine's word for its state, `cause` has those for which it paused itself, the newest first.
    `writers` have saved words, people or documents of it after `by` had begun it.
    """

    id: UUID
    kind: str
    origin: Origin
    state: CommunicationState = CommunicationState.DRAFT
    version: int = 1
    title: str
    draft: Draft
    places: list[str] | None
    by: str
    person: str | None = None
    writers: list[str] = []
    made_at: Instant
    changed_at: Instant
    plan: UUID | None = None
    starts_at: Instant | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    why: str | None = None
    cause: str | None = None
    corrects: UUID | None = None
    recall: Recalled | None = None

    @property
    def causes(self) -> list[str]:
        return (self.cause or "").splitlines()


class ChosenPerson(Struct, frozen=True, kw_only=True):
    """Somebody who was chosen, in the one part that tells them; `units` are names, as `T2-302`."""

    person: str
    part: int
    units: tuple[str, ...] = ()


class Part(Struct, frozen=True, kw_only=True):
    """
    One event of a plan, for one copropiedad (``: the company).

    `chosen` is false where the catalogue itself says who is told. `on_boards` is false where the people
    are not a whole building or whole towers.
    """

    part: int
    place: str
    event_id: str
    data: Mapping[str, Json]
    chosen: bool = True
    on_boards: bool = True


def part_id(communication: UUID, part: int) -> str:
    """Make the id of a part's event; `subject_of` finds the communication in it."""
    return f"{_SUBJECT}:{communication}:{part}"


def subject_of(event_id: str) -> str | None:
    """Return `communication:UUID` of the id of a part's event; None of any other id."""
    subject, _, part = event_id.rpartition(":")
    return subject if part and subject.startswith(f"{_SUBJECT}:") else None


def event_of(part: Part, plan: UUID, kind: str, *, time: Instant) -> Event:
    """Make the event of a part, at the instant at which its communication starts."""
    extensions: dict[str, Json] = {}
    if part.chosen:
        extensions[CHOSEN] = f"{plan}.{part.part}"
    if not part.on_boards:
        extensions[BOARDS] = NO_BOARD
    return Event(
        id=part.event_id,
        source=HUB_SOURCE,
        type=type_of(kind),
        time=time,
        data=part.data,
        extensions=extensions,
    )


def chosen_of(event: Event) -> str | None:
    """Return the rows of people that an event of the hub's own names; None of any other event."""
    chosen = event.extensions.get(CHOSEN)
    return chosen if isinstance(chosen, str) and is_hub_source(event.source) else None


def is_off_boards(event: Event) -> bool:
    """Return whether an event of the hub's own is for some people only."""
    return event.extensions.get(BOARDS) == NO_BOARD and is_hub_source(event.source)
