"""API keys and audit notes as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.model import ApiKey, Note
from hub.model.keys import NoteRow
from hub.model.pages import PageQuery, Rows
from hub.ports import NoteFilter, SenderKeys
from hub.storage.database import Store, encode, load, read, storable
from hub.storage.filters import narrow_notes
from hub.storage.paging import rows_of

_SQL = load("keys")


class PostgresKeys(Store):
    """The KeyStore."""

    async def keys(self) -> Sequence[ApiKey]:
        return [read(ApiKey, row) for row in await self.rows(_SQL["keys"])]

    async def live_keys(self) -> Sequence[ApiKey]:
        return [read(ApiKey, row) for row in await self.rows(_SQL["live"])]

    async def senders(self) -> SenderKeys:
        rows = await self.rows(_SQL["senders"])
        return SenderKeys(
            live=[read(ApiKey, row) for row in rows if row["id"] is not None],
            ever_bound=rows[0]["ever_bound"],
            ever_sourced=rows[0]["ever_sourced"],
        )

    async def add(self, key: ApiKey) -> bool:
        return await self._alone(key.name, "add", *_columns(key))

    async def rotate(self, key: ApiKey, *, old_ends_at: datetime) -> bool:
        return await self._alone(key.name, "rotate", *_columns(key), old_ends_at)

    async def revoke(self, named: str) -> int:
        return len(await self.rows(_SQL["revoke"], storable(named)))

    async def used(self, prefix: str) -> None:
        await self.rows(_SQL["used"], prefix)

    async def _alone(self, name: str, statement: str, *arguments: object) -> bool:
        """
        Run a statement that checks for a live key with this name; return whether it stored one.

        No unique index can express "live", because keys expire with time. The lock is a separate
        statement: a statement that waits for a lock keeps the snapshot from before it.
        """
        async with self._database.transaction() as run:
            await run.rows(_SQL["lock"], name)
            return bool(await run.rows(_SQL[statement], *arguments))


class PostgresAudit(Store):
    """The AuditStore."""

    async def add(self, note: Note) -> None:
        words = (storable(note.who), storable(note.action), storable(note.subject))
        given = note.id, note.at, *words, encode(note.detail), storable(note.person), note.address
        await self.rows(_SQL["add_note"], *given)

    async def contacts_seen(self, who: str, person: str, *, since: datetime) -> Mapping[str, datetime]:
        """Return kind → when somebody, since then, last looked at such a contact of a person in full."""
        asked = storable(person), since, storable(who)
        return {row["kind"]: row["at"] for row in await self.rows(_SQL["contacts_seen"], *asked)}

    async def notes(
        self,
        *,
        after: str | None,
        limit: int,
        person: str | None = None,
        narrowed: NoteFilter = NoteFilter(),  # noqa: B008 - it never changes
    ) -> Rows[NoteRow]:
        """
        List notes, newest first.

        For a `person`: the notes about his data, and each version of him and his memberships that a system
        sent by event, as a note of that source.
        """
        asked = [] if person is None else [storable(person)]
        conditions, values = narrow_notes(narrowed, first_free=4 + len(asked))
        statement = _SQL["notes" if person is None else "notes_of"].format(narrowed=conditions)
        query = PageQuery(after=after, limit=limit)
        return await rows_of(NoteRow, self, statement, query, *asked, *values, by="at")


def _columns(key: ApiKey) -> tuple[object, ...]:
    return (
        *(key.id, key.created_at, key.expires_at, key.name, key.prefix, key.hash),
        *(sorted(key.scopes), storable(key.source), sorted(key.event_types)),
        *(storable(key.amqp_user), storable(key.created_by), sorted(key.cases_of)),
    )
