"""The body that saves a model of communications; its row is what is stored."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

_Name = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\S", description="Its name in the list.")]


class SaveModelBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same name again replaces the model."""

    name: _Name
    communication: Annotated[UUID, Meta(description="The communication of which it is made.")]
