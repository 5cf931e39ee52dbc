"""What still needs an older key of HUB_SECRET: asked before one is taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.model.ids import earliest
from hub.storage.database import Store, load

MAIL_LASTS: Final = timedelta(days=30)
"""How long after a mail bounces and answers still come: servers try for five days, people answer later."""
TEXT_LASTS: Final = timedelta(days=3)
"""How long after a text its receipt may come: providers try to deliver for up to 72 hours."""

_SQL = load("secrets")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """Messages out there whose addresses may have been signed with an older key."""

    mails: int
    texts: int


class PostgresSecrets(Store):
    """Counts; nothing here ever sees a secret."""

    async def documents(self) -> Mapping[str, int]:
        """Answer the id of a key → how many people's documents are kept as a hash under it."""
        return {row["key"]: row["people"] for row in await self._database.rows(_SQL["documents"])}

    async def under_way(self, now: datetime) -> UnderWay:
        """Count the mails of `MAIL_LASTS`, and the texts of `TEXT_LASTS` that have no receipt yet."""
        since = [earliest(now - lasts) for lasts in (MAIL_LASTS, TEXT_LASTS)]
        [row] = await self._database.rows(_SQL["under_way"], *since)
        return UnderWay(**dict(row))
