"""
People of a communication as its page chooses them: copropiedades, towers, and groups of people there.

The words of the language of audiences are what is stored; this reads them back. What no box can say stands in
`more`, one term a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from hub.model.communications import Whom
from hub.people.audience import parse
from hub.people.audience.language import Term
from hub.people.audience.names import COPROPIEDAD, TOWER

GROUPS_ES: Final[Mapping[str, str]] = {
    "residents": "Residentes",
    "owners": "Propietarios",
    "absentees": "Propietarios que no viven allí",
    "role:tenant": "Arrendatarios",
    "council": "Consejo",
    "auditors": "Revisoría fiscal",
    "staff:front_desk": "Portería",
    "staff:all": "Todo el personal",
}
"""Word of an audience → its box on the page."""
_WHOLE: Final = frozenset({"absentees", "staff:front_desk", "staff:all"})
"""Of a whole copropiedad, also where towers are chosen."""


class Boxes(Struct, frozen=True, kw_only=True):
    """What is pressed. `towers` are of the one place that there is then; none: all of it."""

    places: tuple[str, ...] = ()
    towers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def whom_of(boxes: Boxes) -> Whom:
    """Return the words that the boxes mean. Without a place they mean nobody."""
    to = [
        f"{group}@tower:{place}/{tower}" if tower and group not in _WHOLE else f"{group}@copropiedad:{place}"
        for place in boxes.places
        for tower in (boxes.towers if len(boxes.places) == 1 and boxes.towers else ("",))
        for group in boxes.groups
    ]
    return Whom(to=(*dict.fromkeys(to), *boxes.more), without=boxes.without)


def boxes_of(to: Sequence[str], without: Sequence[str], usual: tuple[str, ...]) -> Boxes:
    """Read the boxes back; a term that no box can say is among `more`. Of nobody the `usual` are pressed."""
    terms = {word: parse(word) for word in to}
    boxed = {word: term for word, term in terms.items() if _is_boxed(term)}
    places = dict.fromkeys(term.place.id for term in boxed.values() if term.place is not None)
    towers = dict.fromkeys(term.place.tower for term in boxed.values() if term.place and term.place.tower)
    groups = tuple(dict.fromkeys(_group(term) for term in boxed.values()))
    found = Boxes(
        places=tuple(places),
        towers=tuple(towers),
        groups=groups or (() if to else usual),
        more=tuple(word for word in to if word not in boxed),
        without=tuple(without),
    )
    whole = whom_of(found)
    return found if set(whole.to) == set(to) else Boxes(groups=(), more=tuple(to), without=tuple(without))


def _is_boxed(term: Term) -> bool:
    there = term.place is not None and term.place.kind in {COPROPIEDAD, TOWER}
    return there and _group(term) in GROUPS_ES and term.area is None and term.opted_in is None


def _group(term: Term) -> str:
    return f"{term.word}:{term.value}" if term.value else term.word
