"""Bodies, queries and results of bulk actions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Word
from hub.model.bulk import BulkFilter, BulkKind, BulkResult, BulkState
from hub.model.pages import Limit
from hub.operations.bulk.plan import MOST

Why = Annotated[Word, Meta(description="Why, without names of people: colleagues read it later.")]


class BulkBody(BulkFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: BulkKind
    why: Why = ""
    dry_run: Annotated[bool, Meta(description="Only the plan; it needs no `why`.")] = False
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many rows at most, oldest first.")] = MOST


class BulkItemsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    result: BulkResult | None = None
    after: Annotated[UUID, Meta(description="The `next` of the page before.")] | None = None
    limit: Limit = 50


class BulkCancelled(Struct, kw_only=True, frozen=True):
    """`changed` is false if it had ended before."""

    id: UUID
    state: BulkState
    changed: bool
