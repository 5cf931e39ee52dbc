"""The monitor's stores, from the memory store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from hub.model import Incident, Lane, State, Symptom
from hub.people.audience import Group
from hub.ports import Now
from hub.testing.faults import Faults
from hub.testing.store import MemoryStore
from hub.testing.tables import Row

_CIRCUIT = "circuit:"


class MemoryMonitor:
    """`hub.ports.MonitorStore` and `IncidentLog` over the tables of a memory store."""

    def __init__(self, store: MemoryStore, now: Now) -> None:
        self.faults = Faults()
        self.rows: list[Incident] = []
        self._store = store
        self._now = now
        self._beats: dict[tuple[str, str], tuple[datetime, str]] = {}

    async def clock(self) -> datetime:
        self.faults.meet("clock")
        return self._now()

    async def beat(self, process: str, states: Mapping[str, str]) -> None:
        self.faults.meet("beat")
        self._beats.update({(process, subject): (self._now(), state) for subject, state in states.items()})

    async def open_circuits(self, fresh: timedelta) -> Sequence[str]:
        self.faults.meet("open_circuits")
        found = {
            subject.removeprefix(_CIRCUIT)
            for (_, subject), (at, state) in self._beats.items()
            if subject.startswith(_CIRCUIT) and state != "closed" and at > self._now() - fresh
        }
        return sorted(found)

    async def audit_age(self) -> timedelta | None:
        self.faults.meet("audit_age")
        ends = [at for (_, subject), (at, _) in self._beats.items() if subject == "audit"]
        return self._now() - max(ends) if ends else None

    async def oldest_waiting(self) -> Mapping[tuple[str, Lane], timedelta]:
        self.faults.meet("oldest_waiting")
        ages: dict[tuple[str, Lane], timedelta] = {}
        for row in self._store.tables.messages.values():
            since = _waits_since(row, self._now())
            if since is not None:
                queue = row.message.channel, row.message.lane
                ages[queue] = max(ages.get(queue, timedelta(0)), self._now() - since)
        return ages

    async def open_letters(self, lately: timedelta) -> tuple[int, int]:
        self.faults.meet("open_letters")
        letters = [row.letter for row in self._store.tables.letters.values() if row.state == "open"]
        return len(letters), sum(letter.received_at > self._now() - lately for letter in letters)

    async def anybody_on_duty(self) -> bool:
        self.faults.meet("anybody_on_duty")
        ops = self._store.tables.directory.people(Group(duty="ops"), self._now())
        return any(person.left_out is None for person in ops)

    async def see(self, symptoms: Sequence[Symptom]) -> None:
        self.faults.meet("see")
        now = self._now()
        for symptom in symptoms:
            if not self._change(symptom.key, partial(replace, seen_at=now, measured=symptom.measured)):
                new = Incident(key=symptom.key, since=now, seen_at=now, measured=symptom.measured)
                self.rows.append(new)

    async def resolve(self, kinds: Sequence[str], clear_after: timedelta) -> None:
        self.faults.meet("resolve")
        for row in self._open():
            if row.key.partition(":")[0] in kinds and row.seen_at < self._now() - clear_after:
                self._change(row.key, lambda incident: replace(incident, resolved_at=self._now()))

    async def unpublished(self) -> Sequence[Incident]:
        self.faults.meet("unpublished")
        rows = [
            row for row in self.rows if not row.told_at or (row.resolved_at and not row.resolution_told_at)
        ]
        return sorted(rows, key=lambda row: (row.since, row.key))

    async def mark_published(self, incident: Incident) -> None:
        self.faults.meet("mark_published")
        [(place, row)] = [
            (place, row)
            for place, row in enumerate(self.rows)
            if (row.key, row.since) == (incident.key, incident.since)
        ]
        if incident.told_at is None:
            self.rows[place] = replace(row, told_at=row.told_at or self._now())
        elif row.resolved_at is not None:
            self.rows[place] = replace(row, resolution_told_at=row.resolution_told_at or self._now())

    async def incidents(self, limit: int) -> Sequence[Incident]:
        self.faults.meet("incidents")
        opened = sorted(self._open(), key=lambda row: (row.since, row.key))
        over = [(row.resolved_at, row) for row in self.rows if row.resolved_at is not None]
        over.sort(key=lambda pair: pair[0], reverse=True)
        return [*opened, *(row for _, row in over)][:limit]

    async def unknown_outcomes(self) -> Mapping[str, int]:
        self.faults.meet("unknown_outcomes")
        calls = self._store.tables.attempts.values()
        return Counter(call.provider for call in calls if call.outcome == "unknown")

    async def unreached(self) -> Mapping[tuple[str, str], int]:
        found = [event for event, _ in self._store.tables.unreached.values()]
        return Counter((event.type, str(reason)) for event in found for reason in event.reasons)

    async def promises(self) -> Mapping[tuple[str, str], int]:
        return Counter(
            (clock.name, str(clock.state)) for clock in self._store.clocks if clock.ended_at is None
        )

    def _open(self) -> list[Incident]:
        return [row for row in self.rows if row.resolved_at is None]

    def _change(self, key: str, changed: Callable[[Incident], Incident]) -> bool:
        """Change the open incident with that key; false when there is none."""
        for place, row in enumerate(self.rows):
            if row.key == key and row.resolved_at is None:
                self.rows[place] = changed(row)
                return True
        return False


def _waits_since(row: Row, now: datetime) -> datetime | None:
    if row.message.state is State.QUEUED:
        return row.ticketed_at
    return row.message.next_at if row.due(now) else None
