"""Words of the own page for what it lists: the subject of a matter, and how a message arrived. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from hub.model import IN_DIGEST, Json, State
from hub.model.reached import CAPTURED
from hub.model.residents import OwnConversation, OwnWords, ResidentMessage, SentLine
from hub.rendering.filters import lista
from hub.rendering.labels_es import CAPTURED_LABEL, LETTER_LABEL
from hub.rendering.matters_es import subject_of
from hub.sla.events import PARTIES

_PEOPLE: Final = ("person", "subject_id", "person_id")
_UNSAID: Final = ("subject", "description", "detail", "comment", "excerpt", "matter")
"""Fields in which one person speaks; a `title` is for everybody."""
_CHANNELS: Final[Mapping[str, tuple[str, str]]] = {
    "email": ("correo", "el correo"),
    "sms": ("SMS", "el SMS"),
    "whatsapp": ("WhatsApp", "el WhatsApp"),
    "push": ("la aplicación", "el aviso de la aplicación"),
    "inbox": ("su bandeja", "el aviso de su bandeja"),
    "print": ("carta", "la carta"),
}
"""Channel → its words after `por`, and as what somebody gets."""
_ARRIVED: Final = frozenset({State.SENT, State.DELIVERED, State.READ, State.WAITING})
_LOST: Final[Mapping[State, str]] = {
    State.FAILED: "no le llegó",
    State.BOUNCED: "no le llegó",
    State.EXPIRED: "no le llegó a tiempo",
    State.SUPPRESSED: "no salió",
    State.CANCELLED: "no salió",
}


def own_subject(
    person: str, case: str | None, opened_type: str, opened: Mapping[str, Json], *, unit: str = ""
) -> str:
    """Return what a matter is about: in its own words to whom it names, or where they are for everybody."""
    named = set(_named(opened))
    for_all = {name: value for name, value in opened.items() if name not in _UNSAID}
    words = (opened if person in named else {}) if named else for_all
    return subject_of(case or "", opened_type, words, unit=unit)


def conversation(message: ResidentMessage, talk: OwnConversation) -> Sequence[OwnWords]:
    """Return what was said in a matter, from the words with which its person opened it."""
    own = message.opened if message.person in set(_named(message.opened)) else {}
    begun = next((str(own[field]) for field in _UNSAID if own.get(field)), "")
    first = [OwnWords(at=message.events[0].at, words=begun, mine=True)] if begun and message.events else []
    return [*first, *talk.said]


def _named(opened: Mapping[str, Json]) -> Iterator[Json]:
    """Yield who an event names as its party: a reference, or None for somebody without one."""
    for field in PARTIES:
        given = opened.get(field)
        people = given if isinstance(given, list) else [given] if given else []
        yield from (one.get("ref") if isinstance(one, dict) else str(one) for one in people)
    yield from (opened[field] for field in _PEOPLE if opened.get(field))


def arrival(lines: Sequence[SentLine]) -> str:
    """`por WhatsApp y correo; el SMS no le llegó`."""
    said = [_told(line) for line in lines]
    by = list(dict.fromkeys(_words(line)[0] for line, how in zip(lines, said, strict=True) if how is None))
    return "; ".join([*([f"por {lista(by)}"] if by else []), *dict.fromkeys(how for how in said if how)])


def _told(line: SentLine) -> str | None:
    """Return what stands for a message that has not arrived as it was sent; None for one that has."""
    if line.reason == IN_DIGEST:
        return "en su resumen"
    if line.reason == CAPTURED:
        return CAPTURED_LABEL.lower()
    if line.channel == "print" and line.state is State.SENT:
        return LETTER_LABEL.lower()
    if line.state in _LOST:
        return f"{_words(line)[1]} {_LOST[line.state]}"
    return None if line.state in _ARRIVED else f"{_words(line)[1]} va en camino"


def _words(line: SentLine) -> tuple[str, str]:
    return _CHANNELS.get(line.channel, (line.channel, line.channel))
