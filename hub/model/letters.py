"""Letters on their way to people: printed in batches, posted, delivered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.errors import InvalidGuide
from hub.model.json import Instant

POSTED: Final = "posted"
"""The code of the attempt that records that a letter was posted; its reference is the guide."""
MOST: Final = 500
"""Letters of one batch: what a person can still hand out, and a PDF that is made in a minute."""
_GUIDE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{3,31}")


class LetterState(StrEnum):
    """How far a letter has come."""

    OPEN = "open"
    """Nobody has printed it."""
    BATCHED = "batched"
    """In a batch that is not printed yet."""
    PRINTED = "printed"
    POSTED = "posted"
    """On its way by certified post."""
    DELIVERED = "delivered"


class Home(Struct, frozen=True, kw_only=True):
    """A unit where a letter may go. `named`: its event names it; `own`: the person belongs there."""

    tower: str | None
    label: str
    named: bool
    own: bool
    lives: bool


class OpenLetter(Struct, frozen=True, kw_only=True):
    """A letter that is to be printed. `large`: its person wants large print."""

    id: UUID
    large: bool


class PlacedLetter(Struct, frozen=True, kw_only=True):
    """A letter with its place in a batch; an empty place is no unit."""

    id: UUID
    place: str
    large: bool


class PrintBatch(Struct, kw_only=True):
    """Letters of one copropiedad that are printed together, and how far they have come."""

    id: UUID
    copropiedad_id: Annotated[str | None, Meta(description="null: letters that belong to no copropiedad.")]
    copropiedad: Annotated[str | None, Meta(description="Its name.")]
    made_at: Instant
    made_by: Annotated[str, Meta(description="A caller or `cli:USER`.")]
    size: Annotated[str, Meta(description="Of the paper: `letter` or `a4`.")]
    printed_at: Instant | None
    cancelled_at: Instant | None
    letters: Annotated[int, Meta(description="How many there were when it was made.")]
    withdrawn: Annotated[int, Meta(description="How many were recalled or erased since.")]
    posted: int
    delivered: int
    missing: Annotated[int, Meta(description="Documents that staff had to print itself.")]


class BatchLetter(Struct, kw_only=True):
    """A letter of a batch, in the order of printing."""

    id: UUID
    place: Annotated[str, Meta(description="The unit; empty: none is known.")]
    person: Annotated[str, Meta(description="A reference; never a name or an address.")]
    event: str
    subject: str
    state: LetterState
    posted_at: Instant | None
    guide: str | None


class PrintedLetter(Struct, frozen=True, kw_only=True):
    """
    A letter as it is set on paper: whose, where to, the stored page, and the digest of its document.

    `document` is the name of that, `kind` its media type, `length` how many bytes.
    """

    id: UUID
    person: str
    name: str
    place: str
    subject: str
    html: str
    large: bool
    sha256: bytes | None = None
    document: str = ""
    kind: str = ""
    length: int = 0


class MissingLetter(Struct, frozen=True, kw_only=True):
    """A document that staff prints itself: its recipient, and its event."""

    id: UUID
    person: str
    name: str
    event: str
    homes: Sequence[Home] = ()


class LetterBuilding(Struct, kw_only=True):
    """How many letters of a copropiedad wait for somebody."""

    copropiedad_id: str | None
    copropiedad: str | None
    open: Annotated[int, Meta(description="In no batch yet.")]
    batched: int
    printed: int
    posted: int
    documents: Annotated[int, Meta(description="Documents that staff must print itself.")]


class MadeBatch(Struct, frozen=True, kw_only=True):
    """`made` is false if nothing was open, and the batch is one that was made before and is not printed."""

    batch: UUID
    made: bool
    left: int = 0


def guide_of(text: str) -> str:
    """Read the number of a postal guide: capitals, digits and hyphens. Raises InvalidGuide."""
    guide = "".join(text.split()).upper()
    if not _GUIDE.fullmatch(guide):
        raise InvalidGuide
    return guide
