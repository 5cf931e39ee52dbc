"""Saved audiences as rows, and the body that saves one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant
from hub.model.communications import Terms


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
