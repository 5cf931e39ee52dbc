"""The plan of a bulk action: its rows, their outcome, and the rows left alone with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, PropertyScope
from hub.model.bulk import BulkCandidate, BulkFilter, BulkKind
from hub.operations.bulk.choose import check, finds_nothing
from hub.operations.bulk.words_es import skipped_words
from hub.storage import PostgresBulk

MOST: Final = 20_000
"""Rows of one run: more are a second run, oldest first."""
SHOWN: Final = 20
"""Rows that a plan shows."""
URGENT: Final = "urgent"


class BulkRow(Struct, kw_only=True):
    """A row as a plan shows it."""

    id: UUID
    created_at: Instant
    state: str
    channel: str | None
    event: str | None
    reason: str
    copropiedad_id: str | None
    skipped: Annotated[str | None, Meta(description="Why it would be skipped; null: it would not.")]


class BulkShare(Struct, kw_only=True):
    """The number of rows that go in this state, over this channel, in this copropiedad."""

    state: str
    channel: str | None
    copropiedad_id: str | None
    count: int


class BulkSkipped(Struct, kw_only=True):
    reason: str
    means: Annotated[str, Meta(description="In Spanish.")]
    count: int


class BulkPlan(Struct, kw_only=True):
    """
    The outcome if it were done now: of `found` rows `goes` go; `more`: there are more than one run takes.

    `urgent` are the rows of the urgent lane among those that go.
    """

    kind: BulkKind
    found: int
    more: bool
    goes: int
    urgent: int
    by: list[BulkShare]
    skipped: list[BulkSkipped]
    first: list[BulkRow]


async def find(
    store: PostgresBulk, kind: BulkKind, asked: BulkFilter, places: PropertyScope, *, most: int = MOST
) -> Sequence[BulkCandidate]:
    """
    Find the rows of a bulk action, oldest first; one more than `most` where there are more.

    Raises InvalidFilter.
    """
    check(kind, asked)
    if finds_nothing(kind, asked, places):
        return []
    return await store.candidates(kind, asked, most + 1, places=places)


def planned(kind: BulkKind, found: Sequence[BulkCandidate], *, most: int = MOST) -> BulkPlan:
    """Return the plan of the found rows."""
    rows = found[:most]
    going = [row for row in rows if row.skipped is None]
    shares = Counter((row.state, row.channel, row.copropiedad_id) for row in going)
    reasons = Counter(row.skipped for row in rows if row.skipped is not None)
    return BulkPlan(
        kind=kind,
        found=len(rows),
        more=len(found) > most,
        goes=len(going),
        urgent=sum(row.lane == URGENT for row in going),
        by=[
            BulkShare(state=state, channel=channel, copropiedad_id=place, count=count)
            for (state, channel, place), count in shares.most_common()
        ],
        skipped=[
            BulkSkipped(reason=reason, means=skipped_words(reason), count=count)
            for reason, count in reasons.most_common()
        ],
        first=[_row(row) for row in [*going, *(row for row in rows if row.skipped)][:SHOWN]],
    )


def _row(found: BulkCandidate) -> BulkRow:
    return BulkRow(**{name: getattr(found, name) for name in BulkRow.__struct_fields__})
