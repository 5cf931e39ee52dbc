"""
The search: one box that finds people, places, cases, events and messages; audited without its words.

A caller who may not see a name could still learn it by searching for it. So names, addresses and texts are
searched only where the caller sees them (`hub.access.sight`), plainly or with an act that is noted, as a
search is. References, places and numbers are searched everywhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from hub.access.sight import Duty, Field, Shown
from hub.desk.search import items_es, queries
from hub.desk.search.recognise import Kind, plain_words, recognise
from hub.desk.search.rows import (
    MOST,
    FoundCommunication,
    FoundEvent,
    FoundMessage,
    FoundPerson,
    FoundPlace,
    GroupKind,
    SearchAnswer,
    SearchGroup,
    SearchItem,
    SearchQuery,
)
from hub.desk.search.together import SearchReach, Together, together
from hub.doors.operator import Operator
from hub.errors import PrivacyNeeded
from hub.model import NOWHERE, Json, PropertyScope, union
from hub.operations.cases import lookup
from hub.ports.cases import KnownCase
from hub.rendering.subjects_es import subjects

_NO_WORDS: Final = "Escriba al menos dos letras, o un número."
_NOT_SEEN: Final = "Por nombre, teléfono, correo o texto solo busca quien atiende a las personas (`operate`)."
_PRIVATE: Final = frozenset({Kind.NAME, Kind.PHONE, Kind.EMAIL, Kind.WORDS})
Row = TypeVar("Row")


SUBJECT: Final = "search"
"""The subject of a row of the audit: never the words, which may be a name."""


async def find(by: Operator, query: SearchQuery) -> SearchAnswer:
    """Find people, units, buildings, cases, communications, events and messages by whatever is known."""
    if query.whole and by.sight.with_duty(Duty.PRIVATE) == NOWHERE:
        raise PrivacyNeeded
    search = Search(by, query)
    answer = await search.answer()
    counts: dict[str, Json] = {group.kind: len(group.items) for group in answer.groups}
    understood: list[Json] = [str(kind) for kind in answer.understood]
    # With names shown each person has a row: anybody may ask who has read their data.
    for person in search.shown or (None,):
        await by.audit("search", SUBJECT, person=person, whole=query.whole, understood=understood, **counts)
    return answer


class Search:
    """
    One search of an operator; `shown` are the people whose names it has shown so far.

    A `whole` one shows names and texts wherever the operator has `privacy`, and nothing else.
    """

    def __init__(self, by: Operator, query: SearchQuery) -> None:
        self._db, self._cases, self._who = by.db, by.stores.cases, by.by
        self._sought, self._whole = recognise(query.q), query.whole
        self._places, self._sight = by.places, by.sight
        self._enough = min(query.limit, MOST) + 1
        self.shown: list[str] = []

    async def answer(self) -> SearchAnswer:
        """Search for the typed words. Raises StorageUnavailable."""
        groups = [group async for group in self._groups() if group.items]
        return SearchAnswer(
            understood=sorted(self._sought.kinds),
            groups=groups,
            notes=list(self._notes()),
            masked=not self._whole and union(self._named, self._places) != self._named,
            may_unmask=union(self._named, self._seen(Field.NAME)) != self._named,
        )

    def _notes(self) -> Iterable[str]:
        if not self._sought.kinds:
            yield _NO_WORDS
        if self._seen(Field.NAME) == NOWHERE and self._sought.kinds & _PRIVATE:
            yield _NOT_SEEN

    def _seen(self, field: Field) -> PropertyScope:
        """Return the places in which such data are looked for."""
        return self._sight.with_duty(Duty.PRIVATE) if self._whole else self._sight.where(field)

    @property
    def _named(self) -> PropertyScope:
        """Return the places whose people are shown by name, and their words, without asking for it."""
        return self._sight.where(Field.WORDS, Shown.PLAIN)

    def _shows(self, place: str | None) -> bool:
        """Return whether names and words of what belongs to this place are shown."""
        return self._whole or self._sight.is_plain(Field.WORDS, place)

    async def _groups(self) -> AsyncIterator[SearchGroup]:
        people, of_words = await self._people(), await self._events_about()
        both = await self._together(alone=not (people or of_words))
        found = _once([*people, *both.people], lambda person: person.ref)
        known = await self._known_by_name(found)
        yield self._group("people", found, lambda person: self._person(person, known))
        yield self._group("units", [*await self._units(), *both.units], items_es.unit)
        yield self._group("copropiedades", await self._copropiedades(), items_es.copropiedad)
        about = [*of_words, *both.events]
        yield self._group("cases", await self._found_cases(about), self._case)
        yield self._group("communications", await self._communications(), items_es.communication)
        yield self._types_and_events([*await self._events(), *about])
        yield await self._messages(about)

    async def _together(self, *, alone: bool) -> Together:
        """Return what the words name together; without a number, only if no kind of thing has them all."""
        if not (alone or self._sought.numbers) or not self._is(Kind.UNIT, Kind.NAME, Kind.WORDS):
            return Together()
        named, worded = self._seen(Field.NAME), self._seen(Field.WORDS)
        reach = SearchReach(places=self._places, named=named, worded=worded)
        return await together(self._db, self._sought, limit=self._enough, reach=reach)

    def _is(self, *kinds: Kind) -> bool:
        return not self._sought.kinds.isdisjoint(kinds)

    async def _people(self) -> Sequence[FoundPerson]:
        seen, limit = self._seen(Field.NAME), self._enough
        found: list[FoundPerson] = []
        if self._is(Kind.REFERENCE):
            places = seen if self._whole else self._places
            found += await queries.people(self._db, [self._sought.text], places=places)
        if seen == NOWHERE:
            return found
        if self._is(Kind.EMAIL, Kind.PHONE):
            found += await queries.people_at(self._db, self._sought.part, limit=limit, places=seen)
        if self._is(Kind.NAME):
            found += await queries.people_called(self._db, self._sought.words, limit=limit, places=seen)
        return _once(found, lambda person: person.ref)

    async def _known_by_name(self, found: Sequence[FoundPerson]) -> Collection[str]:
        """Return those whose names are shown: all of a whole answer, else whom the caller answers."""
        refs, named = [person.ref for person in found], self._named
        if self._whole or named in (None, self._places):
            return refs
        if named == NOWHERE or not refs:
            return ()
        return {person.ref for person in await queries.people(self._db, refs, places=named)}

    def _person(self, person: FoundPerson, known: Collection[str]) -> SearchItem:
        is_known = person.ref in known
        if is_known:
            self.shown.append(person.ref)
        return items_es.person(person, named=is_known)

    def _case(self, case: KnownCase) -> SearchItem:
        place = case.first.copropiedad_id if case.first is not None else None
        return items_es.case(case, words=self._shows(place))

    async def _units(self) -> Sequence[FoundPlace]:
        named = [place for place in await self._known_places() if place.id != place.copropiedad]
        if self._is(Kind.UNIT) and (words := self._sought.unit_words):
            named += await queries.units(self._db, words, limit=self._enough, places=self._places)
        return _once(named, lambda place: place.id)

    async def _copropiedades(self) -> Sequence[FoundPlace]:
        named = [place for place in await self._known_places() if place.id == place.copropiedad]
        if self._is(Kind.WORDS, Kind.NAME):
            asked = self._sought.words
            named += await queries.copropiedades(self._db, asked, limit=self._enough, places=self._places)
        return _once(named, lambda place: place.id)

    async def _known_places(self) -> Sequence[FoundPlace]:
        if not self._is(Kind.REFERENCE):
            return []
        return await queries.known_places(self._db, [self._sought.text], places=self._places)

    async def _found_cases(self, about: Sequence[FoundEvent]) -> Sequence[KnownCase]:
        places = self._places
        if self._is(Kind.ID, Kind.REFERENCE) and not self._is(Kind.NAME):
            return await lookup.find(self._cases, self._sought.text, places=places)
        keys = {event.case for event in about if event.case is not None}
        return await self._cases.known(keys, places=places) if keys else []

    async def _events(self) -> Sequence[FoundEvent]:
        if not self._is(Kind.ID, Kind.REFERENCE):
            return []
        keys = [] if self._sought.id is None else [self._sought.id]
        return await queries.events(
            self._db, [self._sought.text], keys, limit=self._enough, places=self._places
        )

    async def _events_about(self) -> Sequence[FoundEvent]:
        words, seen = self._sought.long_words, self._seen(Field.WORDS)
        if not self._is(Kind.WORDS) or not words or seen == NOWHERE:
            return []
        return await queries.events_about(self._db, words, limit=self._enough, places=seen)

    async def _communications(self) -> Sequence[FoundCommunication]:
        if not self._is(Kind.WORDS) or not (words := self._sought.long_words):
            return []
        places, limit = self._places, self._enough
        return await queries.communications(self._db, words, limit=limit, places=places, who=self._who)

    def _types_and_events(self, events: Sequence[FoundEvent]) -> SearchGroup:
        types = types_called(self._sought.words) if self._is(Kind.WORDS, Kind.NAME) else []
        named = self._group("events", types, items_es.event_type)
        found = self._group("events", _once(events, lambda event: str(event.key)), self._event)
        return SearchGroup(kind="events", items=[*named.items, *found.items], more=named.more or found.more)

    def _event(self, event: FoundEvent) -> SearchItem:
        return items_es.event(event, words=self._shows(event.copropiedad))

    async def _messages(self, about: Sequence[FoundEvent]) -> SearchGroup:
        """Return one message of each event that a text has found: the others are a list of their own."""
        if self._sought.id is not None:
            found = await queries.messages(self._db, [self._sought.id], places=self._places)
        elif about:
            keys = [event.key for event in about]
            places = self._seen(Field.WORDS)
            found = await queries.messages_of(self._db, keys, limit=1, places=places)
        else:
            found = []
        return self._group("messages", found, self._message)

    def _message(self, message: FoundMessage) -> SearchItem:
        is_named = self._shows(message.copropiedad)
        if is_named and message.person not in self.shown:
            self.shown.append(message.person)
        return items_es.message(message, named=is_named)

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
