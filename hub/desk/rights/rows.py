"""Rights as rows: requests and their results."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.model import HUB_SOURCE, Word


class Correction(StrEnum):
    """The kind of correction."""

    CORRECTION = "correccion"
    """The stored value is wrong."""
    UPDATE = "actualizacion"
    """The stored value was right once."""


OWN: Final[Mapping[str | None, str]] = {
    None: "Corrija la hoja y vuelva a cargarla, o pida que lo corrija el sistema que carga el directorio.",
    HUB_SOURCE: "Corrija la hoja y vuelva a cargarla.",
}
"""Source of the last version → the next step, where no other system wrote it."""


class Claim(Struct, kw_only=True):
    """The claim that was opened, and the system that has to correct the directory."""

    case: str
    person: str
    kind: Correction
    source: str | None


class ToRectify(Struct, kw_only=True):
    """The system that has to correct the data of a person; `is_ours` where the data was loaded here."""

    ref: str
    name: str
    source: str | None
    is_ours: bool


class RectifyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[Correction, Meta(description="It is wrong, or it was right once.")] = (
        Correction.CORRECTION
    )
    case: Annotated[Word, Meta(description="The number of the claim; without it one is made.")] | None = None


class ErasureForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="Why, like the number of a claim; nothing of the person.",
        ),
    ]


class EraseBody(ErasureForm, frozen=True, kw_only=True, forbid_unknown_fields=True):
    dry_run: Annotated[bool, Meta(description="Only say what would go, and what keeps it.")] = False
