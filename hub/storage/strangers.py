"""People without a person_id, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hub.storage.database import Runner, load

_SQL = load("strangers")


async def has_open_case(run: Runner, addresses: Collection[str]) -> bool:
    """Return whether a case that still runs names one of these addresses."""
    emails = [address.lower() for address in addresses if "@" in address]
    numbers = [address.removeprefix("+57").removeprefix("+") for address in addresses if "@" not in address]
    [row] = await run.rows(_SQL["open_case"], emails, numbers)
    return bool(row["open"])


async def known(run: Runner, refs: Collection[str]) -> Sequence[str]:
    """Return those of the references to which messages were planned."""
    return [row["person"] for row in await run.rows(_SQL["known"], sorted(refs))]
