"""What the memory store knows of one event and one person; addresses are hidden whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from hub.model import Json, Message, StoredEvent
from hub.ports import AudienceSnapshot, ExplainFacts, Refused, SentMessage, Unit, UnitVersion, Version
from hub.testing.directory import DirectoryVersion
from hub.testing.store import MemoryStore

_HIDDEN: Final = "***"
_SAID: Final = ("role", "scope", "duty", "level", "service_area", "on_call", "direction")


class MemoryExplain:
    """`hub.ports.ExplainStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def events(self, asked: str, source: str | None) -> Sequence[StoredEvent]:
        known = sorted(self._store.tables.events.values(), key=lambda one: one.event.source)
        named = [one for one in known if one.event.id == asked and source in (None, one.event.source)]
        return named or [one for one in known if str(one.key) == asked]

    async def refused(self, event_id: str, source: str | None) -> Refused | None:
        known = [
            Refused(reason=letter.letter.reason, state=letter.state, received_at=letter.letter.received_at)
            for letter in self._store.tables.letters.values()
            if letter.letter.event_id == event_id and source in (None, letter.letter.source)
        ]
        return max(known, key=lambda one: one.received_at, default=None)

    async def facts(self, event: StoredEvent, person: str) -> ExplainFacts:
        entries = self._store.tables.directory.entries
        known = {key: entry.data for key, entry in entries.items() if entry.data is not None}
        return ExplainFacts(
            event=event,
            person=person,
            audiences=self._kept(event, person),
            messages=self._messages(event, person),
            history=self._history(person),
            units={ref: _unit(data) for (noun, ref), data in known.items() if noun == "unit"},
            unit_history=self._unit_history(),
            copropiedades={ref: data["name"] for (noun, ref), data in known.items() if noun == "copropiedad"},
        )

    def _kept(self, event: StoredEvent, person: str) -> list[AudienceSnapshot]:
        tables = self._store.tables
        return [
            AudienceSnapshot(
                record=one.record,
                directory_version=one.directory_version,
                left_out=tables.left_out.get((key, audience, person)),
            )
            for (key, audience), one in sorted(tables.audiences.items(), key=lambda item: item[0])
            if key == event.key
        ]

    def _messages(self, event: StoredEvent, person: str) -> list[SentMessage]:
        mine = [
            message
            for message in self._store.messages
            if (message.event_key, message.person) == (event.key, person)
        ]
        mine.sort(key=lambda one: (one.created_at, one.occasion, one.step, one.id))
        calls = sorted(self._store.tables.attempts.values(), key=lambda one: one.at)
        return [
            SentMessage(message=_masked(one), attempts=[call for call in calls if call.message_id == one.id])
            for one in mine
        ]

    def _unit_history(self) -> Mapping[str, Sequence[UnitVersion]]:
        moves: defaultdict[str, list[UnitVersion]] = defaultdict(list)
        for (noun, ref, version), told in sorted(
            self._store.tables.directory.history.items(), key=lambda item: item[0]
        ):
            if noun == "unit":
                moves[ref].append(UnitVersion(version=version, position=told.position, unit=_unit(told.data)))
        return dict(moves)

    def _history(self, person: str) -> list[Version]:
        told = self._store.tables.directory.history
        mine = {key[1] for key, one in told.items() if one.data.get("person_id") == person}
        return [
            _version(*key, one)
            for key, one in sorted(told.items(), key=lambda item: item[0])
            if key[:2] == ("person", person) or (key[0] == "membership" and key[1] in mine)
        ]


def _masked(message: Message) -> Message:
    return replace(message, name="", address="" if message.address in ("", message.person) else _HIDDEN)


def _unit(said: Mapping[str, Json]) -> Unit:
    return Unit(label=said["label"], copropiedad_id=said["copropiedad_id"], tower=said.get("tower"))


def _version(kind: str, ref: str, version: int, told: DirectoryVersion) -> Version:
    of_person = kind == "person"
    return Version(
        kind=kind,
        id=ref,
        version=version,
        since=told.since,
        until=told.until,
        removed=told.removed,
        position=told.position,
        received_at=told.received_at,
        person=None if of_person else told.data.get("person_id"),
        **{name: told.data.get(name) for name in _SAID},
    )
