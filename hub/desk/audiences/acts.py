"""Saved audiences: list them, save one, forget one."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from asyncpg import Record
from msgspec import Meta, Struct

from hub.doors.operator import Operator, found
from hub.model import Instant
from hub.model.communications import Terms, Whom
from hub.model.ids import uuid8
from hub.model.pages import ListQuery, Rows, rows_by
from hub.operations.communications.whom import places_of
from hub.rendering.typed_words import tidy
from hub.storage.database import beside, encode, read, storable
from hub.storage.filters import listed

AUDIENCE: Final = "audience"
Id = Annotated[UUID, Meta(description="The id of the audience.")]
_SQL: Final = beside(__file__)


class SavedAudienceRow(Struct, kw_only=True, frozen=True):
    """An audience with a name: `to` and `without` are those of a communication."""

    id: UUID
    name: str
    to: Terms
    without: Terms
    places: Annotated[list[str] | None, Meta(description="Copropiedades; null: the whole company.")]
    by: str
    at: Instant


class SaveAudienceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same name again replaces the one that you saved before."""

    name: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S", description="Its name.")]
    to: Terms
    without: Terms = ()


async def list_audiences(by: Operator, query: ListQuery) -> Rows[SavedAudienceRow]:
    """List the saved audiences of your copropiedades, by name."""
    return rows_by(await saved_audiences(by), query, lambda row: (row.name.lower(), str(row.id)))


async def saved_audiences(by: Operator) -> list[SavedAudienceRow]:
    """Return all saved audiences whose places the operator reaches, by name."""
    return [_row(row) for row in await by.db.rows(_SQL["list"], listed(by.places))]


async def save_audience(by: Operator, body: SaveAudienceBody) -> SavedAudienceRow:
    """
    Save the people of a communication under a name; safe to repeat. Raises InvalidAudience.

      hub audiences save --name "Torre 2" --to "residents@tower:ph-altos-del-rosal/2"
    """
    name = tidy(body.name, len(body.name))
    places = await places_of(by.db, Whom(to=body.to, without=body.without), by.places)
    # The words may name people: the audit has neither them nor the name.
    await by.audit("audience.save", AUDIENCE, terms=len(body.to))
    whom = encode({"to": list(body.to), "without": list(body.without)})
    made = uuid8(by.now, AUDIENCE, by.by, name)
    [row] = await by.db.rows(_SQL["save"], made, storable(name), whom, places, by.by, by.now)
    return _row(row)


async def forget_audience(by: Operator, audience: Id) -> SavedAudienceRow:
    """Forget a saved audience; communications that used it stay as they are."""
    known = {row.id: row for row in await saved_audiences(by)}
    row = found(AUDIENCE, known.get(audience))
    await by.audit("audience.forget", AUDIENCE)
    await by.db.rows(_SQL["forget"], audience)
    return row


def _row(row: Record) -> SavedAudienceRow:
    return read(SavedAudienceRow, row, **row["whom"])
