"""Entries of inboxes, stored and just arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model.catalogue import Purpose
from hub.model.json import Instant


class _Entry(Struct, frozen=True, kw_only=True):
    id: UUID
    event: Annotated[str, Meta(description="The event's name: `pqrs.replied`.")]
    subject: str
    text: Annotated[str, Meta(description="Plain text.")]
    html: Annotated[str, Meta(description="The same as an HTML fragment, without scripts.")]
    created_at: Instant
    read_at: Instant | None
    recalled_at: Annotated[
        Instant | None,
        Meta(description="When its publisher took it back: show it struck through. It is not unread."),
    ]
    correction: Annotated[UUID | None, Meta(description="The entry of this inbox that says what is right.")]
    case: Annotated[str | None, Meta(description="The case it belongs to: `pqrs_id:PQ-2026-000901`.")]


class InboxEntry(_Entry, frozen=True, kw_only=True):
    """An entry as stored. `purpose` is its message's; None once the message is gone."""

    purpose: Purpose | None


class InboxItem(_Entry, frozen=True, kw_only=True):
    """An entry of the inbox."""

    own_page: Annotated[
        str | None,
        Meta(description="The page of this message and its case, while its link works; none for staff."),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxArrival:
    """An entry of a person, at its place in the order in which entries are stored."""

    place: int
    person: str
    item: InboxEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxArrivals:
    """`newest` is the last place of anybody's."""

    newest: int
    found: Sequence[InboxArrival]
