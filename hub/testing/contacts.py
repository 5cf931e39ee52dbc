"""What operators see and mend of contact points, over the memory store; addresses are hidden whole."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from datetime import datetime
from hashlib import md5
from typing import TypeVar
from uuid import UUID

import msgspec

from hub.model import Inbound, Json, PropertyScope
from hub.ports import Now, Page
from hub.testing.filters import within
from hub.testing.paging import page
from hub.testing.store import MemoryStore
from hub.testing.tables import OptOut, Suppression

_HIDDEN = "***"
Row = TypeVar("Row", OptOut, Suppression)


class MemoryContacts:
    """`hub.ports.ContactStore`."""

    def __init__(self, store: MemoryStore, now: Now) -> None:
        self._store = store
        self._now = now

    async def replies(
        self, *, kind: str | None, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        rows = [
            _reply(one, at)
            for one, at in self._store.tables.replies.values()
            if kind in (None, one.kind) and self._there(one.about.message_id, places)
        ]
        return page(sorted(rows, key=lambda row: (row["received_at"], row["id"]), reverse=True), after, limit)

    async def reply(self, reply_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        if reply_id not in self._store.tables.replies:
            return None
        one, at = self._store.tables.replies[reply_id]
        if not self._there(one.about.message_id, places):
            return None
        words = {name: getattr(one.reply, name) for name in ("provider", "reference", "subject", "text")}
        return {**_reply(one, at), **words}

    async def suppressions(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Page:
        rows = [
            _suppression(key, one, _HIDDEN)
            for key, one in self._store.tables.suppressions.items()
            if self._there(one.message_id, places)
        ]
        return page(sorted(rows, key=lambda row: (row["since"], row["id"]), reverse=True), after, limit)

    async def suppression(
        self, row_id: UUID, *, places: PropertyScope = None, whole: bool = False
    ) -> Mapping[str, Json] | None:
        for key, one in self._store.tables.suppressions.items():
            if _id(*key) == row_id and self._there(one.message_id, places):
                row = None if one.message_id is None else self._store.tables.messages[one.message_id]
                person = None if row is None else row.message.person
                return {**_suppression(key, one, key[0] if whole else _HIDDEN), "person": person}
        return None

    def _there(self, message_id: UUID | None, places: PropertyScope) -> bool:
        return within(self._store.tables.place_of_id(message_id), places)

    async def suppress_address(
        self, address: str, channel: str, *, reason: str, until: datetime | None, by: str
    ) -> None:
        found = Suppression(since=self._now(), reason=reason, code=by, until=until)
        self._store.tables.suppressions[address, channel] = found

    async def lift_suppression(self, named: str, *, by: str, places: PropertyScope = None) -> int:
        del by
        every = self._store.tables.suppressions
        there = {key: one for key, one in every.items() if self._there(one.message_id, places)}
        lifted = _lift(there, named)
        every.update(there)
        return lifted

    async def opt_outs(self, *, after: str | None, limit: int) -> Page:
        rows = [
            _plain(
                id=_id(address, purpose),
                since=one.since,
                address=_HIDDEN,
                purpose=purpose,
                person=one.person,
                reason=one.reason,
                reply_id=None,
                lifted_at=one.since if one.lifted else None,
                lifted_by=None,
            )
            for (address, purpose), one in self._store.tables.opt_outs.items()
        ]
        return page(sorted(rows, key=lambda row: (row["since"], row["id"]), reverse=True), after, limit)

    async def lift_opt_out(self, named: str, *, by: str) -> int:
        del by
        return _lift(self._store.tables.opt_outs, named)


def _reply(one: Inbound, at: datetime) -> dict[str, Json]:
    return _plain(
        id=one.id,
        received_at=at,
        at=one.reply.at,
        kind=one.kind,
        channel=one.reply.channel,
        address=_HIDDEN,
        person=one.about.person,
        case=one.about.case,
        thread=one.thread,
        message_id=one.about.message_id,
        revokes=one.revokes,
        acknowledge=one.acknowledge,
        published_at=at if one.published else None,
    )


def _suppression(key: tuple[str, str], one: Suppression, address: str) -> dict[str, Json]:
    return _plain(
        id=_id(*key),
        since=one.since,
        address=address,
        channel=key[1],
        reason=one.reason,
        provider=one.provider,
        code=one.code,
        message_id=one.message_id,
        expires_at=one.until,
        lifted_at=one.since if one.lifted else None,
        lifted_by=None,
    )


def _plain(**row: Json) -> dict[str, Json]:
    plain: dict[str, Json] = msgspec.to_builtins(row)
    return plain


def _id(*key: str) -> UUID:
    """The id that PostgreSQL makes of the key of a row without one."""
    return UUID(md5(" ".join(key).encode(), usedforsecurity=False).hexdigest())


def _lift(rows: MutableMapping[tuple[str, str], Row], named: str) -> int:
    lifted = [
        key
        for key, one in rows.items()
        if not one.lifted and (key[0] in {named, named.lower()} or str(_id(*key)) == named)
    ]
    for key in lifted:
        rows[key] = replace(rows[key], lifted=True)
    return len(lifted)
