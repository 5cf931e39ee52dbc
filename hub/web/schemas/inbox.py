"""The schemas of the inbox."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, Word
from hub.model.inbox import InboxItem
from hub.model.pages import Cursor, Limit


class InboxQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    unread: Annotated[bool, Meta(description="true: only what the person has not read.")] = False
    after: Cursor | None = None
    limit: Limit = 50


class InboxPage(Struct, kw_only=True):
    """A page of the inbox, and how much of the whole is unread."""

    items: list[InboxItem]
    next: str | None
    unread: int


class InboxRead(Struct, kw_only=True):
    read: Annotated[int, Meta(description="How many were unread until now.")]
    unread: Annotated[int, Meta(description="How many still are.")]


class ReadUntil(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: Annotated[UUID, Meta(description="The newest entry that the person has seen.")]


class TokenBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: Annotated[Word, Meta(min_length=1, description="The person's reference in the directory.")]


class InboxToken(Struct, kw_only=True):
    """`token` opens the inbox of this person and nothing else, until it ends."""

    token: str
    person: str
    ends_at: Instant


class InboxEvents(Struct, kw_only=True):
    """Server-sent events, each `item` with an `InboxItem` as its data; `ended` when the token has."""
