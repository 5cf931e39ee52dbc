"""Queries, bodies and rows of letters and their batches."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, Word
from hub.model.letters import BatchLetter, LetterState, PrintBatch
from hub.model.pages import Cursor, Limit
from hub.model.paper import PaperSize


class LettersQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[LetterState, Meta(description="How far they have come.")] | None = None
    copropiedad: Annotated[Word, Meta(description="Its id: only letters of this copropiedad.")] | None = None
    handed_over: (
        Annotated[bool, Meta(description="true: only letters handed over; false: only those not yet.")] | None
    ) = None
    after: Cursor | None = None
    limit: Limit = 50


class BatchesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    copropiedad: Annotated[Word, Meta(description="Its id: only batches of this copropiedad.")] | None = None
    after: Cursor | None = None
    limit: Limit = 50


class BatchBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is printed: the open letters of a copropiedad."""

    copropiedad: Annotated[
        Word | None, Meta(description="Its id; null: letters that belong to no copropiedad.")
    ]
    size: Annotated[PaperSize | None, Meta(description="Of the paper; null: as the policy says.")] = None


class PostedBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    guide: Annotated[
        Word, Meta(description="The number that the post has given.", examples=["RA123456789CO"])
    ]


class LetterRow(Struct, kw_only=True):
    """A letter; its id is that of its message."""

    id: UUID
    created_at: Instant
    handed_over_at: Instant | None
    event: str
    person: Annotated[str, Meta(description="A reference; never a name or an address.")]
    subject: str
    state: LetterState
    copropiedad_id: str | None
    batch: Annotated[UUID | None, Meta(description="The batch in which it is printed.")]
    printed_at: Instant | None
    posted_at: Instant | None
    guide: Annotated[str | None, Meta(description="Of the post.")]
    only_document: Annotated[
        bool, Meta(description="There is no letter: staff prints the document and hands it over.")
    ]


class LetterWhole(LetterRow, kw_only=True):
    """A letter as it is stored. `/letters/{id}` is only its page, `/letters/{id}/pdf` how it is printed."""

    name: str
    text: str
    html: str
    document: Annotated[
        str | None,
        Meta(description="Its file, at `/letters/{id}/document`; null: none is stored."),
    ]


class BatchMade(PrintBatch, kw_only=True):
    """`made` is false if nothing was open, and the batch is one that was made before and is not printed."""

    made: bool
    left: Annotated[int, Meta(description="Letters that did not fit into it: ask again for them.")]


class BatchWhole(PrintBatch, kw_only=True):
    """A batch with its letters, in the order of printing."""

    items: list[BatchLetter]


class BatchDelivered(Struct, kw_only=True, frozen=True):
    """`changed` letters were handed over now; the others had been before."""

    id: UUID
    changed: int
