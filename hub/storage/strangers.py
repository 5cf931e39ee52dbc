"""People without a person_id, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hub.storage.database import Store, load

_SQL = load("strangers")


class PostgresStrangers(Store):
    """The StrangerStore."""

    async def known(self, refs: Collection[str]) -> Sequence[str]:
        return [row["person"] for row in await self.rows(_SQL["known"], sorted(refs))]

    async def has_open_case(self, addresses: Collection[str]) -> bool:
        emails = [address.lower() for address in addresses if "@" in address]
        numbers = [
            address.removeprefix("+57").removeprefix("+") for address in addresses if "@" not in address
        ]
        [row] = await self.rows(_SQL["open_case"], emails, numbers)
        return bool(row["open"])
