"""What operators look at: lists by keyset, newest first, in the shapes of the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.model import TYPE_PREFIX, TYPE_SUFFIX, ClockState, DeadLetter, Json, State
from hub.ports import MessageFilter, Page
from hub.storage import dead_letters
from hub.storage.database import Database
from hub.storage.masking import mask_address, mask_name, mask_reference
from hub.storage.narrowing import narrow
from hub.storage.paging import cursor, page, shown
from hub.storage.queries import load

_SQL = load("log")
_INBOX = load("inbox")


class PostgresLog:
    """The LogStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def messages(self, narrowed: MessageFilter, *, after: str | None, limit: int) -> Page:
        """List messages, the person as a reference, without name and address."""
        conditions, values = narrow(narrowed, first_free=_FIRST_FREE)
        few = narrowed.person is not None or narrowed.event_id is not None
        statement = _SQL["messages_of" if few else "messages"].format(narrowed=conditions)
        asked = *cursor(after), limit + 1, _states(narrowed.state, State), *values
        return page(await self._database.rows(statement, *asked), limit, "created_at")

    async def message(self, message_id: UUID) -> Mapping[str, Json] | None:
        """Show one message whole: also its attempts, skipped channels, masked name and address."""
        rows = await self._database.rows(_SQL["message"], message_id)
        if not rows:
            return None
        message = shown(rows[0])
        return {
            **message,
            "skipped": message["skipped"] or [],
            "name": mask_name(message["name"]),
            "address": mask_address(message["address"]),
            "attempts": [_attempt(row) for row in await self._database.rows(_SQL["attempts"], message_id)],
        }

    async def clocks(self, ids: Sequence[UUID]) -> Sequence[Mapping[str, Json]]:
        """Show these clocks in the order asked."""
        return [shown(row) for row in await self._database.rows(_SQL["clocks"], ids)]

    async def recent_clocks(self, *, state: str | None, after: str | None, limit: int) -> Page:
        """List clocks, the last started first."""
        asked = *cursor(after), limit + 1, _states(state, ClockState)
        return page(await self._database.rows(_SQL["recent_clocks"], *asked), limit, "started_at")

    async def dead(
        self,
        *,
        state: str | None,
        after: str | None,
        limit: int,
        reason: str | None = None,
        event: str | None = None,
    ) -> Page:
        """List dead letters; `state` is `open`, `replayed` or `discarded`."""
        kind = None if event is None else f"{TYPE_PREFIX}{event}{TYPE_SUFFIX}"
        asked = *cursor(after), limit + 1, _states(state, _SETTLEMENTS), reason, kind
        return page(await self._database.rows(_SQL["dead"], *asked), limit, "received_at")

    async def dead_letter(self, letter_id: UUID) -> DeadLetter | None:
        """Answer one dead letter whole."""
        return await dead_letters.show(self._database, letter_id)

    async def settle_dead(self, letter_id: UUID, *, state: str, times: int | None = None) -> bool:
        """Set `replayed` or `discarded`; false when it was settled already, has come again or is unknown."""
        return await dead_letters.settle(self._database, letter_id, state=state, times=times)

    async def inbox(self, person: str, *, limit: int) -> Sequence[Mapping[str, Json]]:
        """Answer the in-app messages of a person."""
        return [shown(row) for row in await self._database.rows(_INBOX["of_person"], person, limit)]

    async def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Count messages, clocks and dead letters by state."""
        found: dict[str, dict[str, int]] = {"messages": {}, "clocks": {}, "dead": {}}
        for row in await self._database.rows(_SQL["counts"]):
            found[row["noun"]][row["state"]] = row["n"]
        return found


_FIRST_FREE: Final = 5
_SETTLEMENTS: Final = ("open", "replayed", "discarded")


def _states(asked: str | None, known: Iterable[str]) -> list[str]:
    return list(known) if asked is None else [asked]


def _attempt(row: Record) -> dict[str, Json]:
    return {**shown(row), "reference": mask_reference(row["reference"])}
