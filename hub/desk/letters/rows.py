"""Letters and their batches as rows, with the bodies and results of their acts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.doors.cells import Flag
from hub.model import Instant, Word
from hub.model.letters import Home, LetterState, PaperSize
from hub.model.pages import PageQuery
from hub.rendering.attempts_es import posted_sentence

_OVER: Final = Flag("--handed-over/--open")


class LettersQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[LetterState, Meta(description="How far they have come.")] | None = None
    copropiedad: Annotated[Word, Meta(description="Its id: only letters of this copropiedad.")] | None = None
    handed_over: (
        Annotated[bool, _OVER, Meta(description="true: only letters handed over; false: only those not yet.")]
        | None
    ) = None


class BatchesQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    copropiedad: Annotated[Word, Meta(description="Its id: only batches of this copropiedad.")] | None = None


class BatchBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The letters to be printed: the open ones of a copropiedad."""

    copropiedad: Annotated[
        Word | None, Meta(description="Its id; null: letters that belong to no copropiedad.")
    ]
    size: Annotated[PaperSize | None, Meta(description="Of the paper; null: as the policy says.")] = None


class PostedBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    guide: Annotated[
        Word, Meta(description="The number that the post has given.", examples=["RA123456789CO"])
    ]


class DocumentBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document of a letter that has none."""

    pdf: Annotated[bytes, Meta(description="The whole PDF, in base64.")]


class LetterDocument(Struct, frozen=True, kw_only=True):
    """The kept document: `letters` of its event are made anew with it."""

    id: UUID
    sha256: str
    letters: int


class LetterRow(Struct, kw_only=True):
    """A letter; it has the id of its message."""

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

    @property
    def shown_text(self) -> str:
        """The text, and that it was posted."""
        if self.posted_at is None:
            return self.text
        return f"{self.text}\n\n{posted_sentence(self.posted_at, self.guide)}"


class LetterBuilding(Struct, kw_only=True):
    """The number of letters of a copropiedad that wait for somebody."""

    copropiedad_id: str | None
    copropiedad: str | None
    open: Annotated[int, Meta(description="In no batch yet.")]
    batched: int
    printed: int
    posted: int
    documents: Annotated[int, Meta(description="Documents that staff must print itself.")]


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


class MadeBatch(Struct, frozen=True, kw_only=True):
    """The id of a batch; `made` and `left` as `BatchMade` has them."""

    batch: UUID
    made: bool
    left: int = 0


class PrintedLetter(Struct, frozen=True, kw_only=True):
    """
    A letter as it is set on paper: its recipient and place, the stored page, and the digest of its document.

    `document` is the name of the document, `kind` its media type, `length` its size in bytes.
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
