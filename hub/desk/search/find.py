"""
One box that finds people, places, cases, events and messages.

A caller who may not see a name could still learn it by searching for it. So names, addresses and texts are
searched only where the caller has the scope `privacy`; references, places and numbers are searched
everywhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from hub.desk.search import items_es, queries
from hub.desk.search.recognise import Kind, Sought, plain_words, recognise
from hub.desk.search.rows import (
    FEW,
    MOST,
    FoundEvent,
    FoundPerson,
    FoundPlace,
    GroupKind,
    SearchAnswer,
    SearchGroup,
    SearchItem,
)
from hub.model import NOWHERE, PropertyScope
from hub.operations.cases import lookup
from hub.ports.cases import CaseStore, KnownCase
from hub.rendering.subjects_es import subjects
from hub.storage.database import Database

_NO_WORDS: Final = "Escriba al menos dos letras, o un número."
_NOT_PRIVATE: Final = "Por nombre, teléfono, correo o texto solo busca quien tiene el permiso `privacy`."
_PRIVATE: Final = frozenset({Kind.NAME, Kind.PHONE, Kind.EMAIL, Kind.WORDS})

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """
    The words of a search, and the places of the caller: None is everywhere.

    In the places `private` the caller may see names and texts; `whole` shows them.
    """

    typed: str
    limit: int = FEW
    whole: bool = False
    places: PropertyScope = None
    private: PropertyScope = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer, and the people whose names it shows."""

    answer: SearchAnswer
    people: Sequence[str]


async def search(db: Database, cases: CaseStore, asked: SearchRequest) -> Found:
    """Search for the typed words. Raises StorageUnavailable."""
    sought = recognise(asked.typed)
    looked = _Search(db, cases, asked, sought)
    groups = [group async for group in looked.groups() if group.items]
    answer = SearchAnswer(
        understood=sorted(sought.kinds),
        groups=groups,
        notes=list(_notes(asked, sought)),
        masked=not asked.whole,
        may_unmask=asked.private != NOWHERE,
    )
    return Found(answer=answer, people=looked.named)


def _notes(asked: SearchRequest, sought: Sought) -> Iterable[str]:
    if not sought.kinds:
        yield _NO_WORDS
    if asked.private == NOWHERE and sought.kinds & _PRIVATE:
        yield _NOT_PRIVATE


class _Search:
    """One search; `named` are the people whose names it has shown so far."""

    def __init__(self, db: Database, cases: CaseStore, asked: SearchRequest, sought: Sought) -> None:
        self._db, self._cases, self._asked, self._sought = db, cases, asked, sought
        self._enough = min(asked.limit, MOST) + 1
        self.named: list[str] = []

    async def groups(self) -> AsyncIterator[SearchGroup]:
        yield self._group("people", await self._people(), self._person)
        yield self._group("units", await self._units(), items_es.unit)
        yield self._group("copropiedades", await self._copropiedades(), items_es.copropiedad)
        about = await self._events_about()
        yield self._group("cases", await self._found_cases(about), items_es.case)
        yield self._types_and_events([*await self._events(), *about])
        yield await self._messages(about)

    def _is(self, *kinds: Kind) -> bool:
        return not self._sought.kinds.isdisjoint(kinds)

    async def _people(self) -> Sequence[FoundPerson]:
        private, limit = self._asked.private, self._enough
        found: list[FoundPerson] = []
        if self._is(Kind.REFERENCE):
            places = private if self._asked.whole else self._asked.places
            found += await queries.people(self._db, [self._sought.text], places=places)
        if private == NOWHERE:
            return found
        if self._is(Kind.EMAIL, Kind.PHONE):
            found += await queries.people_at(self._db, self._sought.part, limit=limit, places=private)
        if self._is(Kind.NAME):
            found += await queries.people_called(self._db, self._sought.words, limit=limit, places=private)
        return _once(found, lambda person: person.ref)

    def _person(self, person: FoundPerson) -> SearchItem:
        item = items_es.person(person, whole=self._asked.whole)
        if self._asked.whole:
            self.named.append(person.ref)
        return item

    async def _units(self) -> Sequence[FoundPlace]:
        named = [place for place in await self._places() if place.id != place.copropiedad]
        if self._is(Kind.UNIT) and (words := self._sought.unit_words):
            named += await queries.units(self._db, words, limit=self._enough, places=self._asked.places)
        return _once(named, lambda place: place.id)

    async def _copropiedades(self) -> Sequence[FoundPlace]:
        named = [place for place in await self._places() if place.id == place.copropiedad]
        if self._is(Kind.WORDS, Kind.NAME):
            asked = self._sought.words
            named += await queries.copropiedades(
                self._db, asked, limit=self._enough, places=self._asked.places
            )
        return _once(named, lambda place: place.id)

    async def _places(self) -> Sequence[FoundPlace]:
        if not self._is(Kind.REFERENCE):
            return []
        return await queries.known_places(self._db, [self._sought.text], places=self._asked.places)

    async def _found_cases(self, about: Sequence[FoundEvent]) -> Sequence[KnownCase]:
        places = self._asked.places
        if self._is(Kind.ID, Kind.REFERENCE) and not self._is(Kind.NAME):
            return await lookup.find(self._cases, self._sought.text, places=places)
        keys = {event.case for event in about if event.case is not None}
        return await self._cases.known(keys, places=places) if keys else []

    async def _events(self) -> Sequence[FoundEvent]:
        if not self._is(Kind.ID, Kind.REFERENCE):
            return []
        keys = [] if self._sought.id is None else [self._sought.id]
        return await queries.events(
            self._db, [self._sought.text], keys, limit=self._enough, places=self._asked.places
        )

    async def _events_about(self) -> Sequence[FoundEvent]:
        words, private = self._sought.long_words, self._asked.private
        if not self._is(Kind.WORDS) or not words or private == NOWHERE:
            return []
        return await queries.events_about(self._db, words, limit=self._enough, places=private)

    def _types_and_events(self, events: Sequence[FoundEvent]) -> SearchGroup:
        types = types_called(self._sought.words) if self._is(Kind.WORDS, Kind.NAME) else []
        named = self._group("events", types, items_es.event_type)
        found = self._group("events", _once(events, lambda event: str(event.key)), self._event)
        return SearchGroup(kind="events", items=[*named.items, *found.items], more=named.more or found.more)

    def _event(self, event: FoundEvent) -> SearchItem:
        return items_es.event(event, whole=self._asked.whole)

    async def _messages(self, about: Sequence[FoundEvent]) -> SearchGroup:
        """Return one message of each event that a text has found: the others are a list of their own."""
        if self._sought.id is not None:
            found = await queries.messages(self._db, [self._sought.id], places=self._asked.places)
        elif about:
            keys = [event.key for event in about]
            found = await queries.messages_of(self._db, keys, limit=1, places=self._asked.private)
        else:
            found = []
        return self._group("messages", found, items_es.message)

    def _group(self, kind: GroupKind, rows: Sequence[Row], make: Callable[[Row], SearchItem]) -> SearchGroup:
        shown = rows[: self._enough - 1]
        return SearchGroup(kind=kind, items=[make(row) for row in shown], more=len(rows) > len(shown))


def types_called(words: Sequence[str]) -> Sequence[str]:
    """Return the events in whose title or subjects each of the words begins a word, the closest first."""
    if not words:
        return []
    texts = _plain_subjects()
    found = [name for name, text in texts.items() if all(f" {word}" in text for word in words)]
    return sorted(found, key=lambda name: (len(texts[name]), name))


@lru_cache(maxsize=1)
def _plain_subjects() -> Mapping[str, str]:
    return {name: f" {' '.join(plain_words(text))}" for name, text in subjects().items()}


def _once(rows: Iterable[Row], key: Callable[[Row], str]) -> Sequence[Row]:
    return list({key(row): row for row in reversed(list(rows))}.values())[::-1]
