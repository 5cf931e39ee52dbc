"""The monitor's store, from the memory store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from hub.model import Gap, Incident, Lane, Message, State, Symptom
from hub.model.exclusions import ExclusionList
from hub.model.incidents import EXCESS, STOP, UNKNOWN_CODES, WORKS, excess_of
from hub.model.webhooks import LateWebhook, WebhookFigures
from hub.people.audience import Group
from hub.ports import Now
from hub.testing.faults import Faults
from hub.testing.store import MemoryStore
from hub.testing.tables import Row

_CIRCUIT = "circuit:"
_CLOCK = "clock"


class MemoryMonitor:
    """
    `hub.ports.MonitorStore` over the tables of a memory store, and the list of incidents.

    `faults` applies to `clock`, `beat`, `audit_age`, `open_circuits` and `mark_published`.
    """

    def __init__(self, store: MemoryStore, now: Now) -> None:
        self.faults = Faults()
        self.off: list[tuple[str, str, str]] = []
        self.late: list[LateWebhook] = []
        self.loaded: ExclusionList | None = None
        self.reports: list[datetime] = []
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

    async def gaps(self, fresh: timedelta) -> Sequence[Gap]:
        found = {
            state
            for (_, subject), (at, state) in self._beats.items()
            if subject.startswith("gap:") and at > self._now() - fresh
        }
        return [Gap.read(state) for state in sorted(found)]

    async def excess(self, fresh: timedelta) -> Mapping[tuple[Lane, str], int]:
        found: Counter[tuple[Lane, str]] = Counter()
        for (_, subject), (at, state) in self._beats.items():
            if subject.startswith(EXCESS) and at > self._now() - fresh:
                found[excess_of(subject)] += int(state)
        return found

    async def clock_offsets(self, fresh: timedelta) -> Mapping[str, timedelta]:
        offsets: dict[str, timedelta] = {}
        for (process, subject), (at, state) in self._beats.items():
            if subject == _CLOCK and at > self._now() - fresh:
                host, offset = process.partition(":")[0], timedelta(seconds=abs(float(state)))
                offsets[host] = max(offset, offsets.get(host, offset))
        return offsets

    async def audit_age(self) -> timedelta | None:
        self.faults.meet("audit_age")
        ends = [at for (_, subject), (at, _) in self._beats.items() if subject == "audit"]
        return self._now() - max(ends) if ends else None

    async def planned_stops(self) -> Mapping[str, bool]:
        stops: dict[str, datetime] = {}
        for (_, subject), (at, state) in self._beats.items():
            role = subject.removeprefix(STOP)
            if role != subject and at > self._now() - timedelta(seconds=int(state.removesuffix(" s"))):
                stops[role] = max(at, stops.get(role, at))
        return {role: self._works_since(role, at) for role, at in stops.items()}

    def _works_since(self, role: str, since: datetime) -> bool:
        sign = "audit" if role == "timers" else f"{WORKS}{role}"
        return any(subject == sign and at > since for (_, subject), (at, _) in self._beats.items())

    async def oldest_waiting(self) -> Mapping[tuple[str, Lane], timedelta]:
        ages: dict[tuple[str, Lane], timedelta] = {}
        for row in self._store.tables.messages.values():
            since = _waits_since(row, self._now())
            if since is not None:
                queue = row.message.channel, row.message.lane
                ages[queue] = max(ages.get(queue, timedelta(0)), self._now() - since)
        return ages

    async def open_letters(self, lately: timedelta) -> tuple[int, int]:
        letters = [row.letter for row in self._store.tables.letters.values() if row.state == "open"]
        return len(letters), sum(letter.received_at > self._now() - lately for letter in letters)

    async def webhooks_off(self) -> Sequence[tuple[str, str, str]]:
        return self.off

    async def webhooks_late(self, after: timedelta) -> Sequence[LateWebhook]:
        return [webhook for webhook in self.late if webhook.age > after]

    async def exclusion_list(self) -> ExclusionList | None:
        return self.loaded

    async def held(self, within: timedelta | None = None) -> Mapping[str, int]:
        now = self._now()
        rows = [row.message for row in self._store.tables.messages.values()]
        return Counter(
            message.reason or ""
            for message in rows
            if message.state is State.HELD and _is_counted(message, now, within)
        )

    async def unrecognised(self, lately: timedelta) -> int:
        return sum(at > self._now() - lately for at in self.reports)

    async def unknown_codes(self, fresh: timedelta) -> int:
        return sum(
            int(state)
            for (_, subject), (at, state) in self._beats.items()
            if subject == UNKNOWN_CODES and at > self._now() - fresh
        )

    async def webhook_figures(self) -> WebhookFigures:
        oldest = max((webhook.age for webhook in self.late), default=timedelta(0))
        late, off = len(self.late), len(self.off)
        return WebhookFigures(on=0, failing=late, off=off, waiting=late, oldest=oldest)

    async def wrong_senders(self, lately: timedelta) -> Sequence[tuple[str | None, str | None]]:
        letters = [row.letter for row in self._store.tables.letters.values() if row.state == "open"]
        wrong = [letter for letter in letters if letter.wrong_sender]
        wrong.sort(key=lambda letter: letter.received_at, reverse=True)
        return [(one.source, one.sender) for one in wrong if one.received_at > self._now() - lately]

    async def anybody_on_duty(self) -> bool:
        ops = self._store.tables.directory.people(Group(duty="ops"), self._now())
        return any(person.left_out is None for person in ops)

    async def see(self, symptoms: Sequence[Symptom]) -> None:
        now = self._now()
        for symptom in symptoms:
            if not self._change(symptom.key, partial(replace, seen_at=now, measured=symptom.measured)):
                new = Incident(key=symptom.key, since=now, seen_at=now, measured=symptom.measured)
                self.rows.append(new)

    async def resolve(self, kinds: Sequence[str], clear_after: timedelta) -> None:
        for row in self._open():
            if row.key.partition(":")[0] in kinds and row.seen_at < self._now() - clear_after:
                self._change(row.key, lambda incident: replace(incident, resolved_at=self._now()))

    async def unpublished(self) -> Sequence[Incident]:
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
        opened = sorted(self._open(), key=lambda row: (row.since, row.key))
        over = [(row.resolved_at, row) for row in self.rows if row.resolved_at is not None]
        over.sort(key=lambda pair: pair[0], reverse=True)
        return [*opened, *(row for _, row in over)][:limit]

    def _open(self) -> list[Incident]:
        return [row for row in self.rows if row.resolved_at is None]

    def _change(self, key: str, changed: Callable[[Incident], Incident]) -> bool:
        """Change the open incident with that key; false when there is none."""
        for place, row in enumerate(self.rows):
            if row.key == key and row.resolved_at is None:
                self.rows[place] = changed(row)
                return True
        return False


def _is_counted(message: Message, now: datetime, within: timedelta | None) -> bool:
    if message.next_at is None or message.next_at <= now:
        return False
    return within is None or message.next_at <= now + within


def _waits_since(row: Row, now: datetime) -> datetime | None:
    if row.message.state is State.QUEUED:
        return row.ticketed_at
    return row.message.next_at if row.due(now) else None
