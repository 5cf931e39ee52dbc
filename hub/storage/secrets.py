"""Counts of rows that still need an older key of HUB_SECRET, before a key is removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.model.ids import earliest
from hub.storage.database import Store, load

MAIL_LASTS: Final = timedelta(days=30)
"""The time in which a mail bounces or is replied to: servers retry for five days, people reply later."""
TEXT_LASTS: Final = timedelta(days=3)
"""The time after a text in which its receipt may come: providers retry for up to 72 hours."""

_SQL = load("secrets")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """Counts of sent messages whose addresses may be signed with an older key."""

    mails: int
    texts: int


class PostgresSecrets(Store):
    """Only counts; never reads a secret."""

    async def documents(self) -> Mapping[str, int]:
        """Return key id → number of people whose document hash uses it."""
        return {row["key"]: row["people"] for row in await self.rows(_SQL["documents"])}

    async def factors(self) -> Mapping[str, int]:
        """Return key id → number of second factors whose secret it has sealed."""
        return {row["key"]: row["factors"] for row in await self.rows(_SQL["factors"])}

    async def webhooks(self) -> Mapping[str, int]:
        """Return key id → number of webhooks whose secret is sealed with it."""
        return {row["key"]: row["webhooks"] for row in await self.rows(_SQL["webhooks"])}

    async def under_way(self, now: datetime) -> UnderWay:
        """Count the mails of the last `MAIL_LASTS`, and the texts of `TEXT_LASTS` without a receipt."""
        since = [earliest(now - lasts) for lasts in (MAIL_LASTS, TEXT_LASTS)]
        [row] = await self.rows(_SQL["under_way"], *since)
        return UnderWay(**dict(row))
