"""Posters of an event: where they hang, until when they hold, and which later events end them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hub.business_time.dates import ZONE, day_end, last_instant
from hub.messages.planning.lifetime import expirytime
from hub.messages.planning.plan import is_recorded_only
from hub.model import Audience, Event, EventType, Json, Lane, Move, Print, StoredEvent
from hub.model.communications import BOARDS, is_off_boards
from hub.model.posters import PosterRequest
from hub.people.audience import Parties, is_anonymous, named_in, party_words

ON_BOARD: Final = frozenset({Print.BOARD, Print.BOTH})
_EVERYWHERE: Final = "everyone"
_OWNERS: Final = "owners"
NO_PARTIES: Final[Parties] = MappingProxyType({})
HANGS: Final = timedelta(days=30)
"""How long a poster hangs if its event names no end."""
HANGS_AFTER_THE_END: Final = timedelta(days=3)
"""How long a poster hangs if it only says that something is over or cancelled."""
_VALID_UNTIL: Final = ("valid_until", "closes_at", "ends_at")
"""Fields with the end of a poster's news. The catalogue's `useful_until` comes before them."""
_DRILL: Final = "drill"
"""Field of an exercise: its poster, and the one that says that it is over, are of that day alone."""
_HAPPENS: Final = ("starts_at", "effective_on")
"""Fields with the day that a poster announces: its news has passed when that day has."""


class Board(Struct, frozen=True, kw_only=True):
    """
    An audience of an event type that has a poster, and the types of events of its case that end it.

    It is `everywhere` if its people are those of all copropiedades. `who_by` is as in its audience. That of a
    `party` is for whoever has not said who they are; a person who is named is never on a board.
    """

    audience: int
    everywhere: bool
    ended_by: tuple[str, ...]
    who_by: str | None = None
    party: str | None = None


def boards_of(catalog: Mapping[str, EventType]) -> Mapping[str, Sequence[Board]]:
    """Return the posters of each type of events that has any."""
    kinds = list(catalog.values())
    return {kind.type: boards for kind in kinds if (boards := _boards(kind, kinds))}


def posters_of(
    stored: StoredEvent,
    kind: EventType,
    boards: Sequence[Board],
    *,
    now: datetime,
    parties: Parties = NO_PARTIES,
) -> list[PosterRequest]:
    """Return the posters of an event: none if it notifies nobody or only some, or if its news has passed."""
    if is_recorded_only(stored.event):
        return []
    if BOARDS in stored.event.extensions and is_off_boards(stored.event):
        return []
    boards = [board for board in boards if _is_for_all(board, stored, parties)]
    if not boards:
        return []
    ends = _notice_until(stored.event) if any(board.party for board in boards) else None
    until = min(filter(None, (ends or hangs_until(kind, stored.event), expirytime(stored.event))))
    if until <= now:
        return []
    return [
        PosterRequest(
            event_key=stored.key,
            event=kind.name,
            audience=board.audience,
            copropiedad_id=stored.copropiedad_id,
            zones=tuple(stored.event.data.get("zones") or ()),
            urgent=kind.lane is Lane.URGENT,
            hangs_until=until,
            ended_by=board.ended_by,
        )
        for board in boards
        # An event without a place has no poster, unless it is for everybody.
        if stored.copropiedad_id is not None or board.everywhere
    ]


def _is_for_all(board: Board, stored: StoredEvent, parties: Parties) -> bool:
    """
    Return whether every passer-by may read it.

    Not if its publisher has sent it to the owners alone, nor what is for somebody who is named.
    """
    if board.party is not None:
        return is_anonymous(named_in(stored, board.party, parties))
    return board.who_by is None or stored.event.data.get(board.who_by) != _OWNERS


def _notice_until(event: Event) -> datetime:
    """Ley 1437 de 2011, art. 69: five days at least, whatever the event ends; somebody must hang it first."""
    return event.time + HANGS


def in_places(poster: PosterRequest, places: Sequence[str]) -> Iterator[PosterRequest]:
    """Yield the poster of each place: the event's own one, or else all of these."""
    if poster.copropiedad_id is not None:
        yield poster
        return
    for place in places:
        yield replace(poster, copropiedad_id=place)


def _boards(kind: EventType, kinds: Sequence[EventType]) -> list[Board]:
    of_case = [later for later in kinds if (later.realm, later.case) == (kind.realm, kind.case)]
    return [
        Board(
            audience=number,
            everywhere=_EVERYWHERE in audience.who,
            ended_by=_ended_by(audience, of_case),
            who_by=audience.who_by,
            party=next(iter(party_words(audience)), None),
        )
        for number, audience in enumerate(kind.audiences)
        if audience.print in ON_BOARD
    ]


def _ended_by(board: Audience, of_case: Sequence[EventType]) -> tuple[str, ...]:
    """
    Return the later events that tell the same people something newer, or end the case's messages.

    What is for whoever has not said who they are hangs until a later one of its kind: closing the case or
    anything else that reaches nobody is no news.
    """
    if party_words(board):
        hanging = (later for later in of_case if any(one.print in ON_BOARD for one in later.audiences))
        return tuple(later.type for later in hanging)
    return tuple(later.type for later in of_case if _tells(later, board) or _closes(later))


def _tells(later: EventType, board: Audience) -> bool:
    return any(not set(board.who).isdisjoint(audience.who) for audience in later.audiences)


def _closes(later: EventType) -> bool:
    return later.ends_messages or (later.ends_reminders and not later.reminders)


def valid_until(kind: EventType, data: Mapping[str, Json]) -> datetime | None:
    """
    Return the end that the event itself names, as its poster says it; None if it names none.

    The hour at which something begins is no end: the poster names it as the date.
    """
    fields = dict.fromkeys([kind.useful_until or "", *_VALID_UNTIL])
    return _first(data, [field for field in fields if field not in _HAPPENS])


def hangs_until(kind: EventType, event: Event) -> datetime:
    """Return the instant until which a poster holds, unless something ends it earlier."""
    if event.data.get(_DRILL):
        return day_end(event.time.astimezone(ZONE)).astimezone(UTC)
    ending = _only_ends(kind, event.data)
    end = None if ending else valid_until(kind, event.data)
    if end is not None:
        return end
    happens = _first(event.data, _HAPPENS)
    if happens is not None and "effective_on" not in event.data:
        return day_end(happens.astimezone(ZONE)).astimezone(UTC)
    # A new rule hangs for a while after it has come into force.
    since = event.time if happens is None else max(event.time, happens)
    return since + (HANGS_AFTER_THE_END if ending else HANGS)


def _only_ends(kind: EventType, data: Mapping[str, Json]) -> bool:
    """Return whether the event stops or cancels the clocks of its case and starts nothing: it is over."""
    moves = [move for move in kind.clocks if move.move in (Move.STOP, Move.CANCEL)]
    return any(all(data.get(field) == value for field, value in move.when.items()) for move in moves)


def _first(data: Mapping[str, Json], fields: Sequence[str]) -> datetime | None:
    return next((last_instant(data[field]).astimezone(UTC) for field in fields if data.get(field)), None)
