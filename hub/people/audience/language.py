"""
The language that describes an audience: `owners@copropiedad:ph-altos & opted_in:commercial`.

    term   = who [ "@" place ] { " & " filter } | filter [ "@" place ] { " & " filter }
    who    = WORD | WORD ":" VALUE | party
    place  = "unit" [ ":" ID ] | "copropiedad" [ ":" ID ] | "tower:" COPROPIEDAD "/" TOWER | "zone"
    filter = "opted_in:" PURPOSE | "area:" AREA

A place without an id is the event's, and may precede the word: `unit:residents`. People at a keyboard may
write `owners of ph-altos` and, of a tower, `owners of ph-altos/1`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from hub.errors import InvalidAudience
from hub.people.audience.names import (
    ADDRESS,
    AREA,
    COPROPIEDAD,
    FILTERS,
    LEVEL,
    OPTED_IN,
    PARTY,
    PERSON,
    PLACES,
    SHORT,
    STAFF_WORD,
    TOWER,
    WORDS,
    ZONE,
    Word,
)

_FIELD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LEVEL: Final = re.compile(rf"[1-4]|{_FIELD.pattern}")
# Excludes control characters, surrogates and the separator `&`.
_ID: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff&]{1,200}")
_OF: Final = re.compile(r"((?!person\b)[a-z_]+(?::[a-z_]+)?)\s+of\s+([^\s@:]+)")
"""`owners of ph-altos`: who, and a copropiedad or `copropiedad/tower`."""
_SHAPES: Final = {"LEVEL": _LEVEL}
_SHOWN: Final = 40
"""Characters of the input that an error quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place; without `id` it is the event's. `tower` belongs to the copropiedad `id`."""

    kind: str
    id: str = ""
    tower: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One parsed audience. `word` is one of WORDS, or PARTY with the party as `value`."""

    word: str
    value: str = ""
    place: Place | None = None
    area: str | None = None
    opted_in: str | None = None


@lru_cache(maxsize=1024)
def parse(text: str) -> Term:
    """Read one term. Raises InvalidAudience with what was read, what was expected, and a suggestion."""
    head, *filters = (part.strip() for part in text.split("&"))
    term = _head(SHORT.get(head) or _in_full(head))
    for filter_text in filters:
        term = _filtered(term, filter_text)
    return term


def write(term: Term) -> str:
    """Write a term in full; `parse` reads it back."""
    who = term.value if term.word == PARTY else _joined(term.word, term.value)
    place = f"@{_place_words(term.place)}" if term.place else ""
    filters = {AREA: term.area, OPTED_IN: term.opted_in}
    return who + place + "".join(f" & {name}:{value}" for name, value in filters.items() if value)


def needs_event(term: Term) -> bool:
    """Return whether the term needs an event to be resolved."""
    if term.word in {PARTY, ADDRESS} or (term.word == LEVEL and not term.value.isdigit()):
        return True
    return term.place is not None and not term.place.id


def refuse(read: str, expected: str, known: Collection[str] = ()) -> InvalidAudience:
    shown = read if len(read) <= _SHOWN else f"{read[:_SHOWN]}…"
    near = get_close_matches(read, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return InvalidAudience(f"audience: read {shown!r}, expected {expected}{hint}")


def _in_full(text: str) -> str:
    """`owners of ph-altos` → `owners@copropiedad:ph-altos`; any other text as it is."""
    found = _OF.fullmatch(text)
    if found is None:
        return text
    who, place = found.groups()
    return f"{who}@{TOWER if '/' in place else COPROPIEDAD}:{place}"


def _joined(word: str, value: str) -> str:
    return f"{word}:{value}" if value else word


def _place_words(place: Place) -> str:
    return _joined(place.kind, f"{place.id}/{place.tower}" if place.kind == TOWER else place.id)


def _head(text: str) -> Term:
    kind, colon, rest = text.partition(":")
    if kind in FILTERS:
        filter_text, at, place = text.partition("@")
        return _filtered(_head(FILTERS[kind].of + at + place), filter_text)
    if colon and kind in PLACES:
        return _head(_place_last(kind, rest))
    # A person's id may contain an @.
    who, at, place = (text, "", "") if colon and kind == PERSON else text.partition("@")
    return _who_term(who.strip(), place.strip() if at else None)


def _place_last(kind: str, word: str) -> str:
    """`unit:residents` → `residents@unit`."""
    if word not in _BARE or kind == TOWER:
        raise refuse(word, f"{_one_of(_BARE)}, or WHO@{kind}:ID as in {PLACES[kind]!r}", _BARE)
    return f"{word}@{kind}"


def _who_term(who: str, place: str | None) -> Term:
    name, colon, value = who.partition(":")
    if not colon and place is None and _is_party(name):
        return Term(word=PARTY, value=name)
    word = WORDS.get(name)
    if word is None:
        raise refuse(name, _one_of(WORDS), WORDS)
    return Term(word=name, value=_value(name, word, value.strip()), place=_place(name, word, place))


def _is_party(name: str) -> bool:
    """A word that has no other meaning is a party; the company's table of events has a party `person` too."""
    return _FIELD.fullmatch(name) is not None and (name == PERSON or name not in _TAKEN)


def _value(name: str, word: Word, value: str) -> str:
    if not word.takes:
        if value:
            raise refuse(value, f"nothing behind {name!r} but @ and a place")
        return ""
    return _checked(value, f"{name}:{word.takes}", word.takes, word.values)


def _checked(value: str, expected: str, takes: str, values: Collection[str]) -> str:
    if values and value not in values:
        raise refuse(value, f"{expected}, one of {_one_of(values)}", values)
    if not _SHAPES.get(takes, _ID).fullmatch(value):
        raise refuse(value, expected)
    return value


def _place(name: str, word: Word, text: str | None) -> Place | None:
    if text is None:
        if word.unless:
            raise refuse(name, f"a place behind {name!r}, as in {word.example!r}")
        return None
    kind, colon, rest = text.partition(":")
    if kind not in word.places:
        raise refuse(kind, f"{_one_of(word.places) or 'no place'} behind {name!r} and @", word.places)
    rest = rest.strip()
    if kind == ZONE and colon:
        raise refuse(rest, "no id behind 'zone': it is the towers that the event names")
    if kind == TOWER:
        return _tower(rest)
    return Place(kind=kind, id=_checked(rest, f"{kind}:ID", "ID", ()) if colon else "")


def _tower(text: str) -> Place:
    copropiedad, slash, tower = (part.strip() for part in text.partition("/"))
    if not (slash and _ID.fullmatch(copropiedad) and _ID.fullmatch(tower)):
        raise refuse(text, f"tower:COPROPIEDAD/TOWER as in {PLACES[TOWER]!r}")
    return Place(kind=TOWER, id=copropiedad, tower=tower)


def _filtered(term: Term, text: str) -> Term:
    name, _, value = (part.strip() for part in text.partition(":"))
    known = FILTERS.get(name)
    if known is None:
        raise refuse(name, f"{_one_of(FILTERS)} behind the &", FILTERS)
    if term.word in {PARTY, ADDRESS} or (name == AREA and term.word not in {STAFF_WORD, LEVEL}):
        raise refuse(text, f"{known.of}, {WORDS[STAFF_WORD].example!r} or the like before {name!r}")
    if getattr(term, name) is not None:
        raise refuse(text, f"{name!r} once")
    value = _checked(value, f"{name}:{known.takes}", known.takes, known.values)
    return replace(term, area=value) if name == AREA else replace(term, opted_in=value)


def _one_of(words: Collection[str]) -> str:
    return ", ".join(words)


_BARE: Final = tuple(name for name, word in WORDS.items() if not word.takes)
_TAKEN: Final = {*WORDS, *FILTERS, *PLACES}
