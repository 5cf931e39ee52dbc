"""Models of communications as rows for staff, and the body that saves one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.desk.communications.rows import KINDS_ES
from hub.doors.cells import FACT, LINK, SMALL, WHEN, Cell
from hub.model import Instant
from hub.people.units import own_name
from hub.storage.communication_models import StoredModel

_Name = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\S", description="Its name in the list.")]


class ModelRow(Struct, kw_only=True, frozen=True):
    """A model: words and people of a communication, without its dates."""

    id: UUID
    name: Annotated[str, Cell("Plantilla", LINK)]
    kind: Annotated[str, Cell("Clase", SMALL, words=KINDS_ES)]
    buildings: Annotated[list[str], Cell("Para")]
    places: Annotated[list[str] | None, Meta(description="Copropiedades; null: the whole company.")]
    by: Annotated[str, Cell("La guardó", FACT)]
    at: Annotated[Instant, Cell("Guardada", WHEN)]

    @classmethod
    def of(cls, model: StoredModel, names: Mapping[str, str]) -> ModelRow:
        """Make the row of a model with the `names` of copropiedades."""
        places = None if model.places is None else list(model.places)
        return cls(
            id=model.id,
            name=model.name,
            kind=model.kind,
            buildings=[own_name(names.get(place, place)) for place in places or ()],
            places=places,
            by=model.by,
            at=model.at,
        )


class SaveModelBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same name again replaces the model."""

    name: _Name
    communication: Annotated[UUID, Meta(description="The communication of which it is made.")]
