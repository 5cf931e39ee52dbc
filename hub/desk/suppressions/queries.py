"""Suppressions and opt-outs in PostgreSQL; `hub.storage.suppressions` has the way's half."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from msgspec.structs import replace

from hub.desk.suppressions.rows import OptOutRow, SuppressionRow, SuppressionWhole
from hub.model import PropertyScope
from hub.model.pages import PageQuery, Rows
from hub.people.masking import mask_address
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_SQL: Final = beside(__file__)

Row = TypeVar("Row", SuppressionRow, OptOutRow)


async def suppressions(db: Database, query: PageQuery, places: PropertyScope = None) -> Rows[SuppressionRow]:
    """List suppressions, newest first, masked; a suppression belongs to the copropiedad of its message."""
    return _masked(await rows_of(SuppressionRow, db, _SQL["suppressions"], query, listed(places), by="since"))


async def suppression(
    db: Database,
    row_id: UUID,
    *,
    places: PropertyScope = None,
    whole: bool = False,
    named: bool = False,  # noqa: ARG001 - it has an address, and no name
) -> SuppressionWhole | None:
    """Return a suppression with the person whose message caused it; masked unless `whole`."""
    rows = await db.rows(_SQL["suppression"], row_id, listed(places))
    if not rows:
        return None
    address = rows[0]["address"]
    shown = address if whole else mask_address(address)
    return read(SuppressionWhole, rows[0], address=shown, masked=not whole, may_unmask=whole)


async def suppress(
    db: Database, address: str, channel: str, *, reason: str, until: datetime | None, by: str
) -> None:
    """Suppress an address on a channel; `until` None: for the policy's time."""
    await db.rows(_SQL["suppress"], storable(address), channel, until, storable(reason), storable(by))


async def lift_suppression(db: Database, named: str, *, by: str, places: PropertyScope = None) -> int:
    """Lift the suppressions of an address on all channels, or one by its id; return how many."""
    return len(await db.rows(_SQL["lift_suppression"], storable(named), storable(by), listed(places)))


async def opt_outs(db: Database, query: PageQuery) -> Rows[OptOutRow]:
    """List opt-outs, newest first, masked."""
    return _masked(await rows_of(OptOutRow, db, _SQL["opt_outs"], query, by="since"))


async def lift_opt_out(db: Database, named: str, *, by: str) -> int:
    """Lift the opt-outs of an address, or one by its id; return how many."""
    return len(await db.rows(_SQL["lift_opt_out"], storable(named), storable(by)))


def _masked(page: Rows[Row]) -> Rows[Row]:
    return replace(page, items=[replace(row, address=mask_address(row.address)) for row in page.items])
