"""
Turns of a conversation: the entries of a case as people read them. Pure.

    entries ▸ the words of the person · those of staff, with ticks · automatic messages, folded · quiet lines

A message to staff is no turn: it stands with all the rest in the technical detail of the page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub.business_time.dates import as_day
from hub.model import Purpose, ReplyKind, State
from hub.operations.cases.schemas import CaseThreadAnswer, TextOrigin, ThreadEntry, ThreadKind, ThreadMessage
from hub.rendering import labels_es
from hub.rendering.filters import NBSP, fecha, hora, inicial
from hub.rendering.titles_es import EVENTS


class Side(StrEnum):
    """Who speaks in a turn."""

    THEIRS = "theirs"
    OURS = "ours"
    AUTOMATIC = "automatic"
    """The hub has written by itself."""
    INSIDE = "inside"
    """Among colleagues: it never leaves."""
    LINE = "line"
    """Nobody speaks: a promise has moved, or something has happened."""


@dataclass(frozen=True, slots=True)
class Tick:
    """How far a message has come: words, and a tone (read, done, lost, or empty)."""

    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """
    A turn, at an instant. `waits` is true of the person's last word while nobody has answered it; `bad` of a
    line about harm. `title` and `text` of an automatic one are what it said, `origin` the source of the text.
    """

    side: Side
    at: datetime
    entry: ThreadEntry
    name: str = ""
    channel: str = ""
    title: str = ""
    text: str = ""
    origin: TextOrigin | None = None
    ticks: tuple[Tick, ...] = ()
    waits: bool = False
    bad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The turns of a day, which has a name: `Hoy`, `Martes 24 de noviembre`."""

    name: str
    turns: tuple[Turn, ...]


_INSIDE: Final = frozenset({ThreadKind.NOTE, ThreadKind.HANDED_OVER})
_BAD: Final = frozenset(
    {ThreadKind.UNDELIVERED, ThreadKind.UNRECOGNISED, ThreadKind.LEFT_OUT, ThreadKind.CLOCK_BREACHED}
)
_TOLD_ELSEWHERE: Final = frozenset({ThreadKind.MESSAGE, ThreadKind.LETTER, ThreadKind.CLOCK_RESOLVED})
"""Entries that a turn of their event tells, or that are for colleagues."""
_ON_THE_WAY: Final = Tick("en camino")
_TICKS: Final[Mapping[State, tuple[str, str]]] = {
    State.READ: ("leído", "read"),
    State.DELIVERED: ("entregado", "done"),
    State.SENT: ("enviado", "done"),
    State.WAITING: ("en su bandeja, sin leer", ""),
    State.BOUNCED: ("devuelto", "lost"),
    State.FAILED: ("no llegó", "lost"),
    State.SUPPRESSED: ("no salió", "lost"),
    State.EXPIRED: ("no salió a tiempo", "lost"),
    State.CANCELLED: ("cancelado", ""),
}
_AT: Final = frozenset({State.READ, State.DELIVERED, State.SENT, State.BOUNCED})
"""States that say when."""
_CAPTURED: Final = "captured"
_PAPER: Final = "print"
_EACH: Final = 4
"""Messages of one turn that are told one by one, with their hours; more are counted."""
_LOST: Final = "lost"
_LETTER: Final[Mapping[State, Tick]] = {
    State.SENT: Tick("Carta por entregar"),
    State.DELIVERED: Tick("Carta entregada", "done"),
}


def days_of(thread: CaseThreadAnswer, *, opened: str, writer: str, now: datetime) -> Sequence[Day]:
    """
    Return the conversation of a page of a case, day by day.

    `opened` is what its first event says in the person's own words, and `writer` their name; empty where the
    reader may not see them.
    """
    turns = _with_waiting(list(_turns(thread, opened, writer)))
    days: defaultdict[date, list[Turn]] = defaultdict(list)
    for turn in turns:
        days[as_day(turn.at)].append(turn)
    return [Day(name=_name(day, now), turns=tuple(found)) for day, found in days.items()]


def _turns(thread: CaseThreadAnswer, opened: str, writer: str) -> Iterator[Turn]:
    sent = _messages(thread.entries)
    first = thread.opened_at
    for entry in thread.entries:
        if entry.kind in _INSIDE:
            yield Turn(side=Side.INSIDE, at=entry.at, entry=entry)
        elif entry.reply is not None:
            yield _reply(entry)
        elif entry.event is not None and entry.kind is ThreadKind.EVENT:
            begins = opened if entry.at == first else ""
            yield from _event(entry, sent.get(entry.event.key, ()), begins, writer)
        elif entry.kind not in _TOLD_ELSEWHERE:
            yield Turn(side=Side.LINE, at=entry.at, entry=entry, bad=entry.kind in _BAD)


def _messages(entries: Sequence[ThreadEntry]) -> Mapping[UUID, Sequence[ThreadMessage]]:
    """Return event → its messages to people of the case, and to none of the staff."""
    found: defaultdict[UUID, list[ThreadMessage]] = defaultdict(list)
    for entry in entries:
        if entry.message is not None and entry.message.purpose is not Purpose.INTERNAL:
            found[entry.message.event_key].append(entry.message)
    return found


def _reply(entry: ThreadEntry) -> Turn:
    reply = entry.reply
    assert reply is not None
    if reply.kind in {ReplyKind.AUTOMATIC, ReplyKind.COMPLAINT}:
        return Turn(side=Side.LINE, at=entry.at, entry=entry)
    channel = labels_es.CHANNELS.get(reply.channel, reply.channel)
    return Turn(
        side=Side.THEIRS, at=entry.at, entry=entry, name=reply.name, channel=channel, text=reply.text or ""
    )


def _event(entry: ThreadEntry, sent: Sequence[ThreadMessage], opened: str, writer: str) -> Iterator[Turn]:
    """An event may begin with the person's own words; the hub answers by itself, or somebody of the staff."""
    if opened:
        yield Turn(side=Side.THEIRS, at=entry.at, entry=entry, name=writer, text=opened)
    ticks = ticks_of(sent)
    words = entry.words
    if words is not None:
        yield Turn(side=Side.OURS, at=entry.at, entry=entry, name=words.name, text=words.text, ticks=ticks)
    elif sent:
        said = next((one for one in sent if one.text), sent[0])
        yield Turn(
            side=Side.AUTOMATIC,
            at=entry.at,
            entry=entry,
            title=EVENTS.get(said.event, said.event),
            text=said.text or "",
            origin=said.text_origin,
            ticks=ticks,
        )
    elif not opened:
        yield Turn(side=Side.LINE, at=entry.at, entry=entry)


def ticks_of(sent: Sequence[ThreadMessage]) -> tuple[Tick, ...]:
    """Return how far the messages of a turn have come; many are counted, `SMS no llegó (3)`, harm first."""
    if len(sent) <= _EACH:
        return tuple(tick_of(message) for message in sent)
    counted = Counter(tick_of(message, timed=False) for message in sent)
    harm_first = sorted(counted.items(), key=lambda one: one[0].tone != _LOST)
    return tuple(replace(tick, words=f"{tick.words} ({number})") for tick, number in harm_first)


def tick_of(message: ThreadMessage, *, timed: bool = True) -> Tick:
    """`WhatsApp leído 11:22 a. m.`; `Carta por entregar`. Without the hour unless it is `timed`."""
    if message.channel == _PAPER and message.state in _LETTER:
        return _LETTER[message.state]
    channel = labels_es.SHORT_CHANNELS.get(message.channel, message.channel)
    words, tone = _TICKS.get(message.state, (_ON_THE_WAY.words, ""))
    if message.reason == _CAPTURED:
        return Tick(f"{channel} en un archivo: nadie lo recibió")
    last = message.attempts[-1].at if timed and message.attempts and message.state in _AT else None
    at = f" {hora(last)}" if last else ""
    return Tick(f"{channel} {words}{at}", tone)


def _with_waiting(turns: list[Turn]) -> list[Turn]:
    """Mark the person's last word, if nobody of the staff has said anything since."""
    spoken = [number for number, turn in enumerate(turns) if turn.side in {Side.THEIRS, Side.OURS}]
    if spoken and turns[spoken[-1]].side is Side.THEIRS and turns[spoken[-1]].entry.reply is not None:
        turns[spoken[-1]] = replace(turns[spoken[-1]], waits=True)
    return turns


def _name(day: date, now: datetime) -> str:
    away = (as_day(now) - day).days
    if away in (0, 1):
        return ("Hoy", "Ayer")[away]
    return inicial(fecha(day.isoformat()).replace(NBSP, " "))
