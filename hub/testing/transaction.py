"""Intake's transaction over a copy of the tables, which is discarded when it raises."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import structs

from hub.catalog import BY_NAME
from hub.cloudevents import encode
from hub.errors import StorageRefused
from hub.messages.planning.lifetime import Occasion
from hub.messages.planning.posters import in_places
from hub.model import (
    HUB_SOURCE,
    AddedEvent,
    AudienceRecord,
    Clock,
    Consent,
    DeadLetter,
    Event,
    Json,
    Message,
    Party,
    Person,
    Purpose,
    Recall,
    State,
    StoredEvent,
    Unreached,
)
from hub.model.case_state import CaseState
from hub.model.documents import DocumentRequest
from hub.model.extensions import Extension
from hub.model.ids import poster_id
from hub.model.posters import PosterRequest
from hub.model.reviews import HeldState, KnownHeld, NewHeldEvent
from hub.people.audience import Group
from hub.testing import consents
from hub.testing.tables import Letter, StoredAudience, Tables


class MemoryTransaction:
    """`hub.ports.IntakeTransaction`. Events with an id in `refused` count as unstorable in SQL."""

    def __init__(self, tables: Tables, now: datetime, refused: Collection[str]) -> None:
        self._tables = tables
        self._now = now
        self._refused = refused
        self._added: set[UUID] = set()

    async def apply_directory(self, events: Sequence[Event]) -> None:
        self._tables.directory.apply_all(events, self._now)

    async def add_events(self, events: Sequence[StoredEvent]) -> Mapping[UUID, AddedEvent]:
        if any(stored.event.id in self._refused or not _storable(stored.event) for stored in events):
            raise StorageRefused
        ids = {stored.event.id for stored in events}
        known = {_identity(stored.event) for stored in self._tables.events.values() if stored.event.id in ids}
        new: dict[UUID, AddedEvent] = {}
        for stored in events:
            if _identity(stored.event) not in known:
                known.add(_identity(stored.event))
                self._tables.events[stored.key] = stored
                self._added.add(stored.key)
                place = stored.copropiedad_id
                new[stored.key] = AddedEvent(
                    place is None or self._tables.directory.has_place(place),
                    _identity(stored.event) in self._tables.recalls,
                )
        return new | self._of_others([stored for stored in events if stored.opens is not None], new)

    def _of_others(
        self, events: Sequence[StoredEvent], new: Mapping[UUID, AddedEvent]
    ) -> dict[UUID, AddedEvent]:
        """Give the cases of new events to who opens them, or comes first; return the rows of the others."""
        owners, before = self._tables.owners, dict[str, tuple[str, bool]]()
        found: dict[UUID, AddedEvent] = {}
        mine = [stored for stored in events if stored.key in new] if events else []
        for stored in sorted(mine, key=lambda one: (not one.opens, one.event.time, one.event.id)):
            case = stored.case or ""
            known = owners.get(case)
            before.setdefault(case, known or (stored.event.source, bool(stored.opens)))
            if known is None or (stored.opens and not known[1]):
                owners[case] = stored.event.source, bool(stored.opens)
            owner, opened = before[case]
            if owner != stored.event.source:
                found[stored.key] = structs.replace(new[stored.key], owner=owner, opened=opened)
        return found

    async def other_content(self, events: Mapping[UUID, Event]) -> frozenset[UUID]:
        known = {_identity(stored.event): stored.event for stored in self._tables.events.values()}
        pairs = ((key, one, known.get(_identity(one), one)) for key, one in events.items())
        return frozenset(key for key, one, first in pairs if (one.type, one.data) != (first.type, first.data))

    async def expel(self, cases: Collection[str]) -> None:
        tables = self._tables
        for key, stored in list(tables.events.items()):
            if stored.case in cases and stored.event.source != HUB_SOURCE:
                tables.events[key] = structs.replace(stored, case=None, waiting=False)
        for case in cases:
            tables.owners.pop(case, None)
            tables.case_states.pop(case, None)
        for named in [named for named in tables.parties if named[0] in cases]:
            del tables.parties[named]

    async def recall(self, recalls: Sequence[Recall]) -> None:
        names = {(recall.source, recall.event_id): recall.by for recall in recalls}
        self._tables.recalls = {**names, **self._tables.recalls}
        for row in list(self._tables.messages.values()):
            if _identity(self._tables.events[row.message.event_key].event) in names:
                self._tables.recall(row)

    async def add_consents(self, statements: Sequence[Consent]) -> None:
        consents.add(self._tables, statements, self._now)

    async def mark_planned(self, keys: Collection[UUID]) -> None:
        for key in keys:
            self._tables.events[key] = structs.replace(self._tables.events[key], planned=True, waiting=False)

    async def place_events(self, placed: Collection[StoredEvent]) -> None:
        for event in placed:
            known = self._tables.events[event.key]
            self._tables.events[event.key] = structs.replace(
                known,
                copropiedad_id=known.copropiedad_id or event.copropiedad_id,
                unit_id=known.unit_id or event.unit_id,
            )

    async def unplanned(self, keys: Collection[UUID]) -> frozenset[UUID]:
        stored = self._tables.events
        return frozenset(key for key in keys if key in stored and not stored[key].planned)

    async def waiting_events(self, cases: Collection[str]) -> Sequence[StoredEvent]:
        found = [event for event in self._tables.events.values() if event.case in cases and event.waiting]
        return sorted(found, key=lambda stored: (stored.event.time, stored.key))

    async def add_parties(self, parties: Sequence[Party]) -> None:
        for party in parties:
            known = self._tables.parties.get((party.case, party.who))
            if known is None or party.since > known.since:
                self._tables.parties[party.case, party.who] = party

    async def parties(self, cases: Collection[str]) -> Mapping[tuple[str, str], Json]:
        known = self._tables.parties.items()
        return {(case, who): party.recipients for (case, who), party in known if case in cases}

    async def places(self, units: Collection[str]) -> Mapping[str, str]:
        found = {unit: self._tables.directory.text("unit", unit, "copropiedad_id") for unit in units}
        return {unit: place for unit, place in found.items() if place is not None}

    async def people(self, groups: Collection[Group]) -> Mapping[Group, Sequence[Person]]:
        return {group: self._people(group) for group in groups}

    async def people_page(
        self, group: Group, after: str, limit: int, then: Group | None = None, *, beyond: bool = False
    ) -> Sequence[Person]:
        ordered = sorted(self._people(group), key=_in_page)
        found = [person for person in ordered if _in_page(person) > (beyond, after)]
        return [*found, *(self._people(then) if then else ())][:limit]

    def _people(self, group: Group) -> Sequence[Person]:
        people: Sequence[Person] = self._tables.directory.people(group, self._now)
        return consents.asked_of(self._tables, group, people, self._now)

    async def add_messages(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._tables.add_message(message, self._now)

    async def end_reminders(
        self, ended: Mapping[str, datetime], over: Mapping[str, datetime] | None = None
    ) -> None:
        self._end(ended, lambda message: message.occasion != Occasion().name)
        self._end(
            {case: at - timedelta.resolution for case, at in (over or {}).items()},
            lambda message: message.purpose is not Purpose.LEGAL,
        )
        answered = self._answered(ended)
        self._end(ended, lambda message: message.event_key in answered)

    def _answered(self, cases: Collection[str]) -> set[UUID]:
        """Return the events of these cases of which a later event brings what they ask for."""
        events = [event for event in self._tables.events.values() if event.case in cases]
        return {
            asked.key
            for asked in events
            for later in events
            if later.case == asked.case
            and later.event.time >= asked.event.time
            and later.event.name in BY_NAME[asked.event.name].answered_by
        }

    async def end_collection(self, ended: Mapping[str, datetime]) -> None:
        self._end(ended, lambda message: message.purpose is Purpose.COLLECTION)

    def _end(self, ended: Mapping[str, datetime], which: Callable[[Message], bool]) -> None:
        cases = [(event, ended.get(event.case or "")) for event in self._tables.events.values()]
        over = {stored.key for stored, at in cases if at is not None and stored.event.time <= at}
        for row in list(self._tables.messages.values()) if over else ():
            if which(row.message) and row.message.event_key in over:
                self._tables.call_off(row, "ended")

    async def keep_audiences(self, records: Sequence[AudienceRecord]) -> None:
        tables = self._tables
        for record in records:
            key, seen = (record.event_key, record.audience), len(tables.directory.received)
            known = tables.audiences.get(key)
            # The directory position is replaced only when the audience is planned again.
            if known is not None and known.record.planned_at == record.planned_at:
                seen = known.directory_version
            tables.audiences[key] = StoredAudience(record=record, directory_version=seen)
            for left in record.left_out:
                tables.left_out.setdefault((*key, left.person), left)

    async def add_unreached(self, found: Sequence[Unreached]) -> None:
        for event in found:
            self._tables.add_unreached(event, self._now)

    async def unreached(self, event_keys: Collection[UUID]) -> Sequence[Unreached]:
        return [unreached for key, (unreached, _) in self._tables.unreached.items() if key in event_keys]

    async def ask_documents(self, requests: Sequence[DocumentRequest]) -> None:
        for request in requests:
            self._tables.documents.setdefault(request.event_key, request)

    async def ask_posters(self, posters: Sequence[PosterRequest]) -> None:
        for poster in posters:
            for each in in_places(poster, self._tables.directory.places()):
                key = poster_id(each.event_key, each.audience, each.copropiedad_id or "")
                self._tables.posters.setdefault(key, each)

    async def keep_extensions(self, extensions: Sequence[Extension]) -> None:
        known = self._tables.extensions
        for extension in extensions:
            key = extension.event_key, extension.clock
            if extension.is_new or key in known:
                known[key] = extension

    async def queued_messages(self, event_keys: Collection[UUID]) -> Sequence[Message]:
        messages = [row.message for row in self._tables.messages.values()]
        found = [
            message
            for message in messages
            if message.event_key in event_keys and message.state is State.QUEUED
        ]
        return sorted(found, key=lambda message: message.id)

    async def add_dead_letters(self, letters: Sequence[DeadLetter]) -> None:
        # The same bytes twice in one call make one insert.
        for letter in {letter.id: letter for letter in letters}.values():
            known = self._tables.letters.get(letter.id)
            self._tables.letters[letter.id] = (
                Letter(letter=letter) if known is None else _counted_up(known, letter)
            )

    async def known_held(self, events: Mapping[UUID, Event]) -> Sequence[KnownHeld]:
        asked = {_identity(event) for event in events.values()}
        stored = {_identity(row.event) for row in self._tables.events.values()}
        held = {names: one for names, one in self._tables.held.items() if names in asked}
        return [
            *(
                KnownHeld(source=one.source, event_id=one.event_id, state=one.state, content=one.content)
                for one in held.values()
            ),
            *(
                KnownHeld(source=source, event_id=id_, state=HeldState.RELEASED, content=None)
                for source, id_ in (asked & stored) - held.keys()
            ),
        ]

    async def hold(self, held: Collection[NewHeldEvent]) -> None:
        for one in held:
            self._tables.held.setdefault((one.source, one.event_id), one)

    async def lock_cases(self, cases: Mapping[str, bool]) -> None:
        """Do nothing: transactions over memory come one after another."""

    async def case_states(
        self, cases: Collection[str], begun: Collection[str] = ()
    ) -> Mapping[str, CaseState]:
        earlier = {
            stored.case
            for stored in self._tables.events.values()
            if stored.case in begun and stored.key not in self._added
        }
        known = {case: state for case, state in self._tables.case_states.items() if case in cases}
        return {**{case: CaseState(version="") for case in earlier if case}, **known}

    lock_case_states = case_states

    async def save_case_states(self, states: Mapping[str, CaseState]) -> None:
        self._tables.case_states.update(states)

    async def case_events(self, cases: Mapping[str, datetime | None]) -> Mapping[str, Sequence[StoredEvent]]:
        stored = sorted(self._tables.events.values(), key=lambda event: (event.event.time, event.event.id))
        found: dict[str, list[StoredEvent]] = {}
        for event in stored:
            if event.case is None or event.case not in cases:
                continue
            since = cases[event.case]
            if since is None or event.event.time >= since:
                found.setdefault(event.case, []).append(event)
        return found

    async def clocks(self, cases: Collection[str], ids: Collection[UUID]) -> Sequence[Clock]:
        found = self._tables.clocks.values()
        return [clock for clock in found if clock.case in cases or clock.id in ids]

    async def save_clocks(self, clocks: Sequence[Clock]) -> None:
        for clock in clocks:
            self._tables.clocks[clock.id] = replace(clock, changed_at=self._now)


def _counted_up(known: Letter, letter: DeadLetter) -> Letter:
    """Raise the count of a known letter; reopen a replayed one."""
    counted = replace(known, times=known.times + 1)
    if known.state != "replayed":
        return counted
    again = {name: getattr(letter, name) for name in ("reason", "field", "sender", "wrong_sender")}
    return replace(counted, letter=replace(known.letter, **again), state="open")


def _storable(event: Event) -> bool:
    """Return whether PostgreSQL can store it: text and jsonb hold neither NUL nor lone surrogates."""
    try:
        return b"\\u0000" not in encode(event)
    except UnicodeEncodeError:
        return False


def _identity(event: Event) -> tuple[str, str]:
    return event.source, event.id


def _in_page(person: Person) -> tuple[bool, str]:
    return person.other_tower, person.ref
