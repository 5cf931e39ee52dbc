"""Imports as rows: the sheet that is given, and how it is applied."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Word
from hub.model.pages import Limit


class ImportsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 10


class SheetBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sheet of people, CSV or XLSX."""

    file: Annotated[bytes, Meta(description="The whole file, in base64.")]
    copropiedad: Annotated[Word, Meta(description="For lines without one: its id or name.")] | None = None
    role: Annotated[Word, Meta(description="For lines without one: `propietario`.")] | None = None


class ApplyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    skip_bad: Annotated[bool, Meta(description="Write the good lines; else a bad one stops all.")] = False
    end_missing: Annotated[
        bool, Meta(description="End the roles that an earlier sheet had and this one has not.")
    ] = False


class ImportStarted(Struct, kw_only=True):
    """`changed` is false if it was started before, or cannot be any more."""

    id: UUID
    changed: bool
