"""The schemas of a person's rights over their data."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from hub.model import Word
from hub.operations.rectify_person import Correction


class RectifyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[Correction, Meta(description="It is wrong, or it was right once.")] = (
        Correction.CORRECTION
    )
    case: Annotated[Word, Meta(description="The number of the claim; without it one is made.")] | None = None


class EraseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="Why, like the number of a claim; nothing of the person.",
        ),
    ]
    dry_run: Annotated[bool, Meta(description="Only say what would go, and what keeps it.")] = False
