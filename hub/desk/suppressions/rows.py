"""Suppressions and opt-outs as rows, and the bodies that lift them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.doors.cells import Argument
from hub.model import Instant, Word
from hub.model.looks import IsMasked, MayUnmask


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


class OptOutRow(Struct, kw_only=True):
    """An opt-out from a purpose; the address is masked. Lifted opt-outs are listed too."""

    id: UUID
    since: Instant
    address: str
    purpose: str
    person: str | None
    reason: str
    reply_id: UUID | None
    lifted_at: Instant | None
    lifted_by: str | None


class LiftBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    address: Annotated[
        Annotated[Word, Meta(description="The whole address, or the id of a row.")], Argument("ADDRESS|ID")
    ]
    by: Annotated[Word, Meta(description="Who lifts, as a system names them; else the caller.")] = ""


class LiftForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    suppression: UUID


class Lifted(Struct, kw_only=True, frozen=True):
    lifted: int
