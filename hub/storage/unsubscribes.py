"""Refusals that come by a mail's own link, in PostgreSQL."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hub.contact_rules.consents import revoked_by_link
from hub.model import Revocation
from hub.storage import consents
from hub.storage.database import Store, load

_SQL: Final = load("unsubscribes")


class PostgresUnsubscribes(Store):
    """The UnsubscribeStore."""

    async def recipient(self, message_id: UUID, purpose: str) -> tuple[str, bool] | None:
        rows = await self.rows(_SQL["recipient"], message_id, purpose)
        return (rows[0]["person"], rows[0]["refused"]) if rows else None

    async def unsubscribe(self, revocation: Revocation) -> bool:
        async with self._database.transaction() as transaction:
            mail = revocation.message_id, revocation.purpose
            rows = await transaction.rows(_SQL["recipient"], *mail)
            said = [revoked_by_link(revocation, row["person"]) for row in rows if not row["refused"]]
            if said:
                await transaction.rows(_SQL["refuse"], *mail, revocation.at)
                await consents.add(transaction, said)
        return bool(said)
