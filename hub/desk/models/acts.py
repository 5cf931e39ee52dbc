"""Models of communications: list them, save one, forget one; the noun of communications begins from one."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.doors.operator import Operator, found
from hub.errors import OtherState
from hub.model.ids import uuid8
from hub.model.pages import ListQuery, Rows, rows_by
from hub.operations.communications.kinds import OFFERED
from hub.operations.communications.undated import undated
from hub.rendering.typed_words import tidy
from hub.storage import communication_models as models
from hub.storage.communication_models import CommunicationModel

MODEL: Final = "model"
_COMMUNICATION: Final = "communication"


class SaveModelBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same name again replaces the model."""

    name: Annotated[
        str, Meta(min_length=1, max_length=80, pattern=r"\S", description="Its name in the list.")
    ]
    communication: Annotated[UUID, Meta(description="The communication of which it is made.")]


async def list_models(by: Operator, query: ListQuery) -> Rows[CommunicationModel]:
    """List the models of communications that somebody of these copropiedades has saved."""
    rows = await models.list_models(by.db, by.places)
    return rows_by(rows, query, lambda row: (row.name.lower(), str(row.id)))


async def save_model(by: Operator, body: SaveModelBody) -> CommunicationModel:
    """
    Save the words and the people of a communication as a model, without its dates and without single people.

      hub models save "Corte de agua de martes" --communication ID
    """
    store = by.stores.communications
    row = found(_COMMUNICATION, await store.find(body.communication, by.places, by.by))
    if row.kind not in OFFERED:
        raise OtherState("A correction is for those who had one communication: it is no model.")
    made = CommunicationModel(
        id=uuid8(by.now, "communication_model", str(row.id)),
        name=tidy(body.name, len(body.name)),
        kind=row.kind,
        draft=undated(row.draft, people=False),
        places=row.places,
        by=by.by,
        at=by.now,
    )
    await by.audit("model.save", f"model:{made.id}")
    saved = await models.save_model(by.db, made, by.places)
    if saved is None:
        raise OtherState("Another copropiedad has a model of this name: give it another one.")
    return saved


async def forget_model(by: Operator, model: UUID) -> CommunicationModel:
    """Forget a model; what was begun from it stays."""
    stored = found(MODEL, await models.find_model(by.db, model, by.places))
    await by.audit("model.forget", f"model:{stored.id}")
    await models.forget_model(by.db, stored.id)
    return stored
