"""The schemas of replies and suppressions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, ReplyKind, Word
from hub.web.schemas.common import IsMasked, MayUnmask, PageQuery


class RepliesQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: ReplyKind | None = None


class ReplyRow(Struct, kw_only=True):
    """A reply without its text; the address is masked."""

    id: UUID
    received_at: Instant
    at: Instant
    kind: ReplyKind
    channel: str
    address: str
    person: str | None
    case: str | None
    thread: str
    message_id: Annotated[UUID | None, Meta(description="The hub's message that it answers.")]
    revokes: bool
    acknowledge: bool
    published_at: Instant | None


class ReplyWhole(ReplyRow, kw_only=True):
    provider: str
    reference: str
    subject: str
    text: str


class ReplyPage(Struct, kw_only=True):
    items: list[ReplyRow]
    next: str | None


class SuppressionRow(Struct, kw_only=True):
    """A suppressed contact point; the address is masked. Lifted suppressions are listed too."""

    id: UUID
    since: Instant
    address: str
    channel: str
    reason: str
    provider: Annotated[str, Meta(description="The provider that reported it; empty: an operator added it.")]
    code: str
    message_id: UUID | None
    expires_at: Annotated[Instant | None, Meta(description="When the suppression ends; null: never.")]
    lifted_at: Instant | None
    lifted_by: str | None


class SuppressionWhole(SuppressionRow, kw_only=True):
    masked: IsMasked
    may_unmask: MayUnmask
    person: Annotated[str | None, Meta(description="The person whose message led to it.")]


class SuppressionPage(Struct, kw_only=True):
    items: list[SuppressionRow]
    next: str | None


class LiftBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    address: Annotated[Word, Meta(description="The whole address, or the id of a row.")]
    by: Annotated[Word, Meta(description="Who lifts, as a system names them; else the caller.")] = ""


class Lifted(Struct, kw_only=True, frozen=True):
    lifted: int
