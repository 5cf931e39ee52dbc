"""
One box that finds people, places, cases, events and messages.

Who may not see a name could still learn it by asking for it. So names, addresses and texts are only looked
for where the caller has the scope `privacy`; references, places and numbers are looked for everywhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from hub.model import Json, PropertyScope
from hub.operations.cases import lookup
from hub.operations.search import items_es
from hub.operations.search.recognise import Kind, Sought, plain_words, recognise
from hub.operations.search.schemas import GroupKind, SearchAnswer, SearchGroup, SearchItem
from hub.ports.cases import CaseStore, KnownCase
from hub.ports.search import FoundEvent, FoundPerson, FoundPlace, SearchStore
from hub.rendering.subjects_es import subjects

MOST: Final = 20
"""Of a group, at most."""
_NO_WORDS: Final = "Escriba al menos dos letras, o un número."
_NOT_PRIVATE: Final = "Por nombre, teléfono, correo o texto solo busca quien tiene el permiso `privacy`."
_PRIVATE: Final = frozenset({Kind.NAME, Kind.PHONE, Kind.EMAIL, Kind.WORDS})
_NOWHERE: Final[PropertyScope] = frozenset()

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDeps:
    store: SearchStore
    cases: CaseStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """
    What somebody asks, and where they may see what: None is everywhere.

    `private` are the places where they see names and texts; `whole` shows them.
    """

    typed: str
    limit: int = 5
    whole: bool = False
    places: PropertyScope = None
    private: PropertyScope = _NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer, and whose names it shows: the audit has them."""

    answer: SearchAnswer
    people: Sequence[str]


async def search(deps: SearchDeps, asked: SearchRequest) -> Found:
    """Find what was typed. Raises StorageUnavailable."""
    sought = recognise(asked.typed)
    looked = _Search(deps, asked, sought)
    groups = [group async for group in looked.groups() if group.items]
    answer = SearchAnswer(
        understood=sorted(sought.kinds),
        groups=groups,
        notes=list(_notes(asked, sought)),
        masked=not asked.whole,
        may_unmask=asked.private != _NOWHERE,
    )
    return Found(answer=answer, people=looked.named)


def audited(found: Found) -> Iterator[tuple[str | None, Mapping[str, Json]]]:
    """
    Yield what the audit has of a search: a person whose name it shows, or nobody, and the details.

    With names shown each person has a note, who may ask who has read them; the words are in none.
    """
    counts: dict[str, Json] = {group.kind: len(group.items) for group in found.answer.groups}
    understood: list[Json] = [str(kind) for kind in found.answer.understood]
    for person in found.people or (None,):
        yield person, {"whole": not found.answer.masked, "understood": understood, **counts}


def _notes(asked: SearchRequest, sought: Sought) -> Iterable[str]:
    if not sought.kinds:
        yield _NO_WORDS
    if asked.private == _NOWHERE and sought.kinds & _PRIVATE:
        yield _NOT_PRIVATE


class _Search:
    """One search; `named` are the people whose names it has shown so far."""

    def __init__(self, deps: SearchDeps, asked: SearchRequest, sought: Sought) -> None:
        self._store, self._cases, self._asked, self._sought = deps.store, deps.cases, asked, sought
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
            found += await self._store.people([self._sought.text], places=places)
        if private == _NOWHERE:
            return found
        if self._is(Kind.EMAIL, Kind.PHONE):
            found += await self._store.people_at(self._sought.part, limit=limit, places=private)
        if self._is(Kind.NAME):
            found += await self._store.people_called(self._sought.words, limit=limit, places=private)
        return _once(found, lambda person: person.ref)

    def _person(self, person: FoundPerson) -> SearchItem:
        item = items_es.person(person, whole=self._asked.whole)
        if self._asked.whole:
            self.named.append(person.ref)
        return item

    async def _units(self) -> Sequence[FoundPlace]:
        named = [place for place in await self._places() if place.id != place.copropiedad]
        if self._is(Kind.UNIT) and (words := self._sought.unit_words):
            named += await self._store.units(words, limit=self._enough, places=self._asked.places)
        return _once(named, lambda place: place.id)

    async def _copropiedades(self) -> Sequence[FoundPlace]:
        named = [place for place in await self._places() if place.id == place.copropiedad]
        if self._is(Kind.WORDS, Kind.NAME):
            asked = self._sought.words
            named += await self._store.copropiedades(asked, limit=self._enough, places=self._asked.places)
        return _once(named, lambda place: place.id)

    async def _places(self) -> Sequence[FoundPlace]:
        if not self._is(Kind.REFERENCE):
            return []
        return await self._store.places([self._sought.text], places=self._asked.places)

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
        return await self._store.events(
            [self._sought.text], keys, limit=self._enough, places=self._asked.places
        )

    async def _events_about(self) -> Sequence[FoundEvent]:
        words, private = self._sought.long_words, self._asked.private
        if not self._is(Kind.WORDS) or not words or private == _NOWHERE:
            return []
        return await self._store.events_about(words, limit=self._enough, places=private)

    def _types_and_events(self, events: Sequence[FoundEvent]) -> SearchGroup:
        types = types_called(self._sought.words) if self._is(Kind.WORDS, Kind.NAME) else []
        named = self._group("events", types, items_es.event_type)
        found = self._group("events", _once(events, lambda event: str(event.key)), self._event)
        return SearchGroup(kind="events", items=[*named.items, *found.items], more=named.more or found.more)

    def _event(self, event: FoundEvent) -> SearchItem:
        return items_es.event(event, whole=self._asked.whole)

    async def _messages(self, about: Sequence[FoundEvent]) -> SearchGroup:
        """Of an event that a text has found, one message: the others are a list of their own."""
        if self._sought.id is not None:
            found = await self._store.messages([self._sought.id], places=self._asked.places)
        elif about:
            keys = [event.key for event in about]
            found = await self._store.messages_of(keys, limit=1, places=self._asked.private)
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
