"""Models of communications in PostgreSQL: words that are sent again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.model import Instant, PropertyScope
from hub.model.communications import Draft
from hub.storage.communication_drafts import as_json
from hub.storage.database import Runner, load, read, read_first, storable
from hub.storage.filters import listed

_SQL: Final = load("communication_models")
_MOST: Final = 500


class CommunicationModel(Struct, frozen=True, kw_only=True):
    """A model of a communication. `places` are the copropiedades that it names, None the whole company."""

    id: UUID
    name: str
    kind: str
    draft: Draft
    places: Sequence[str] | None
    by: str
    at: Instant


async def list_models(run: Runner, places: PropertyScope) -> Sequence[CommunicationModel]:
    """Return the models that name only these places, by name."""
    return [read(CommunicationModel, row) for row in await run.rows(_SQL["list"], listed(places), _MOST)]


async def find_model(run: Runner, model: UUID, places: PropertyScope) -> CommunicationModel | None:
    return read_first(CommunicationModel, await run.rows(_SQL["find"], model, listed(places)))


async def save_model(
    run: Runner, model: CommunicationModel, places: PropertyScope
) -> CommunicationModel | None:
    """Save a model, or replace that of its name; None if that one is of other places."""
    named = None if model.places is None else list(model.places)
    values = storable(model.name), model.kind, as_json(model.draft), named
    rows = await run.rows(_SQL["save"], model.id, listed(places), *values, model.by, model.at)
    return read_first(CommunicationModel, rows)


async def forget_model(run: Runner, model: UUID) -> None:
    await run.rows(_SQL["forget"], model)
