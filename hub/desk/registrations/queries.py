"""Registrations in PostgreSQL, as staff reads them; `hub.storage.radicados` gives the numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.desk.registrations.rows import Alike, Home, RegistrationRow, RegistrationsQuery
from hub.model import PropertyScope
from hub.model.ids import earliest
from hub.model.pages import Rows
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_RAW: Final = beside(__file__)
_FIELDS: Final = ", ".join(RegistrationRow.__struct_fields__)
_SQL: Final = {
    name: statement.replace("{shown}", _RAW["shown"]).replace("{fields}", _FIELDS)
    for name, statement in _RAW.items()
}
_LATELY: Final = timedelta(days=30)
_FEW: Final = 4


async def registrations(
    db: Database, query: RegistrationsQuery, places: PropertyScope = None
) -> Rows[RegistrationRow]:
    """List registrations, newest first."""
    asked = listed(places), storable(query.copropiedad), query.kind
    return await rows_of(RegistrationRow, db, _SQL["listed"], query, *asked, by="at")


async def registration(
    db: Database, registration_id: UUID, places: PropertyScope = None
) -> RegistrationRow | None:
    rows = await db.rows(_SQL["one"], registration_id, listed(places))
    return read(RegistrationRow, rows[0]) if rows else None


async def place_of_unit(db: Database, unit: str, places: PropertyScope) -> str | None:
    """Return the copropiedad of a unit; None of one that is in none of these places."""
    rows = await db.rows(_SQL["place_of_unit"], storable(unit), listed(places))
    return rows[0]["copropiedad_id"] if rows else None


async def homes(db: Database, refs: Collection[str], places: PropertyScope) -> Sequence[Home]:
    """Return where people live, own or work, in these places."""
    rows = await db.rows(_SQL["homes"], [storable(ref) for ref in refs], listed(places))
    return [read(Home, row) for row in rows]


async def alike(db: Database, words: str, place: str, now: datetime) -> Sequence[Alike]:
    """Return open cases of a copropiedad with words in common, the newest first."""
    since = earliest(now - _LATELY)
    return [
        read(Alike, row)
        for row in await db.rows(_SQL["alike"], storable(words), since, storable(place), _FEW)
    ]
