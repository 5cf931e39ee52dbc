"""API keys and audit notes in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from hub.model import ApiKey, Note
from hub.model.keys import NoteRow
from hub.model.pages import Rows
from hub.ports import NoteFilter, Now, SenderKeys
from hub.testing.faults import Faults


class MemoryKeys:
    """`hub.ports.KeyStore`. `faults` applies to `live_keys`."""

    def __init__(self, now: Now) -> None:
        self.faults = Faults()
        self._now = now
        self._keys: dict[str, ApiKey] = {}

    async def keys(self) -> Sequence[ApiKey]:
        return sorted(self._keys.values(), key=lambda key: (key.created_at, key.id), reverse=True)

    async def live_keys(self) -> Sequence[ApiKey]:
        self.faults.meet("live_keys")
        now = self._now()
        return [key for key in await self.keys() if key.live(now)]

    async def senders(self) -> SenderKeys:
        keys = await self.keys()
        return SenderKeys(
            live=await self.live_keys(),
            ever_bound=any(key.amqp_user is not None for key in keys),
            ever_sourced=any(key.source is not None for key in keys),
        )

    async def add(self, key: ApiKey) -> bool:
        if self._live(key.name):
            return False
        self._keys[key.prefix] = key
        return True

    async def rotate(self, key: ApiKey, *, old_ends_at: datetime) -> bool:
        live = self._live(key.name)
        for old in live:
            ends = old_ends_at if old.expires_at is None else min(old.expires_at, old_ends_at)
            self._keys[old.prefix] = replace(old, expires_at=ends)
        if live:
            self._keys[key.prefix] = key
        return bool(live)

    async def revoke(self, named: str) -> int:
        live = self._live(named)
        for key in live:
            self._keys[key.prefix] = replace(key, revoked_at=self._now())
        return len(live)

    async def used(self, prefix: str) -> None:
        key, now = self._keys[prefix], self._now()
        if key.used_at is None or key.used_at < now - timedelta(minutes=1):
            self._keys[prefix] = replace(key, used_at=now)

    def _live(self, named: str) -> list[ApiKey]:
        now = self._now()
        return [key for key in self._keys.values() if named in {key.name, key.prefix} and key.live(now)]


class MemoryAudit:
    """`hub.ports.AuditStore`, of which it lists the first page only. `faults` applies to `add`."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.rows: list[Note] = []

    async def add(self, note: Note) -> None:
        self.faults.meet("add")
        self.rows.append(note)

    async def contacts_seen(self, who: str, person: str, *, since: datetime) -> Mapping[str, datetime]:
        asked = (who, person, "person.contact")
        rows = [row for row in self.rows if (row.who, row.person, row.action) == asked and row.at > since]
        return {str(row.detail["kind"]): row.at for row in rows}

    async def notes(
        self,
        *,
        after: str | None,  # noqa: ARG002 - the port's signature
        limit: int,
        person: str | None = None,
        narrowed: NoteFilter = NoteFilter(),  # noqa: B008 - it never changes
    ) -> Rows[NoteRow]:
        found = [
            note
            for note in reversed(self.rows)
            if person in (None, note.person) and narrowed.action in (None, note.action)
        ]
        return Rows(items=[NoteRow(**asdict(note)) for note in found[:limit]], next=None)
