"""Documents of events in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from hub.model import Lane, PropertyScope, Unreached, UnreachedReason
from hub.model.documents import DocumentRequest, FetchedDocument, HostRoom, LinkedDocument
from hub.model.ids import span
from hub.model.tickets import Ticket, grouped
from hub.storage import unreached
from hub.storage.database import Runner, Store, load, read, read_first, row_of, write
from hub.storage.filters import listed

_SQL = load("documents")
_FIELDS = "event_key", "url", "name", "attach", "digest", "wait_until"


async def ask(run: Runner, requests: Sequence[DocumentRequest]) -> None:
    """Ask for documents; an event asks once."""
    ordered = sorted(requests, key=lambda request: request.event_key)
    await write(run, _SQL["ask"], [row_of(request, _FIELDS) for request in ordered])


async def content(run: Runner, sha256: bytes) -> bytes | None:
    """Return the bytes of a document; None if they are not stored (any more)."""
    rows = await run.rows(_SQL["content"], sha256)
    return rows[0]["content"] if rows else None


async def keep(run: Runner, document: FetchedDocument) -> None:
    """Keep the bytes of a document that no event names yet."""
    await run.rows(_SQL["keep"], document.sha256, document.kind, document.content)


async def give_kept(run: Runner, event_keys: Sequence[UUID], name: str, sha256: bytes) -> None:
    """Give a document that is kept to events that are published next."""
    await run.rows(_SQL["give_kept"], sorted(event_keys), name, sha256)


class PostgresDocuments(Store):
    """
    The documents of events: requests that wait to be fetched, and the bytes.

    The database's clock decides which requests are due.
    """

    content = content

    async def of_events(self, keys: Collection[UUID]) -> Mapping[UUID, DocumentRequest]:
        rows = await self.rows(_SQL["of_events"], sorted(keys))
        return {row["event_key"]: read(DocumentRequest, row) for row in rows}

    async def of_message(self, message_id: UUID) -> LinkedDocument | None:
        """
        Return the document that a message leads to; None if either is not stored (any more).

        Of an event that was taken back it is `withdrawn`, without its bytes.
        """
        return read_first(LinkedDocument, await self.rows(_SQL["of_message"], message_id))

    async def of_letter(self, message_id: UUID, places: PropertyScope = None) -> LinkedDocument | None:
        """Return the document that belongs to a letter, also to one that staff must print itself."""
        return read_first(LinkedDocument, await self.rows(_SQL["of_letter"], message_id, listed(places)))

    async def due(
        self, per_host: int, lease: timedelta, rooms: Collection[HostRoom] = ()
    ) -> Sequence[DocumentRequest]:
        """
        Claim requests whose next try has come; a claim ends by itself.

        Of each host those that are due first, as many as its room says, else `per_host`.
        """
        columns = zip(*((room.host, room.room, room.shut) for room in rooms), strict=True)
        names, room, shut = map(list, columns) if rooms else ([], [], [])
        rows = await self.rows(_SQL["due"], per_host, lease, names, room, shut)
        return [read(DocumentRequest, row) for row in rows]

    async def adopt(self, event_key: UUID) -> bool:
        """Use the stored document of this address and this publisher's digest; false if there is none."""
        return bool(await self.rows(_SQL["adopt"], event_key))

    async def store(self, event_key: UUID, document: FetchedDocument) -> None:
        """Store the bytes, unless these are there, and end the request."""
        await self.rows(_SQL["store"], event_key, document.sha256, document.kind, document.content)

    async def give(self, event_key: UUID, url: str, name: str, document: FetchedDocument) -> bool:
        """Keep the document that staff gives an event; false if it has one that its letters print with."""
        given = document.sha256, document.kind, document.content
        return bool(await self.rows(_SQL["give"], event_key, url, name, *given))

    async def about(self, event_key: UUID) -> Unreached | None:
        """Return what its publisher is told when its document is given up; None of an event that has gone."""
        rows = await self.rows(_SQL["about"], event_key)
        return read(Unreached, rows[0], reasons=(UnreachedReason.NO_DOCUMENT,)) if rows else None

    async def failed(self, event_key: UUID, reason: str, *, again: timedelta) -> None:
        """Count a try that failed; the next is in `again`."""
        await self.rows(_SQL["failed"], event_key, reason, again)

    async def given_up(self, event_key: UUID, reason: str, found: Sequence[Unreached]) -> None:
        """End a request without a document, and store that its event does not reach all."""
        async with self._database.transaction() as transaction:
            await transaction.rows(_SQL["given_up"], event_key, reason)
            await unreached.add(transaction, found)

    async def release(self, event_key: UUID, limit: int) -> Sequence[Ticket]:
        """Make messages that wait for this document `queued`; return their tickets."""
        rows = await self.rows(_SQL["release"], event_key, *span([event_key]), limit)
        return grouped((row["id"], row["channel"], Lane(row["lane"])) for row in rows)
