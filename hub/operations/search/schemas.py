"""The shapes of what a search finds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hub.model import Instant
from hub.operations.search.recognise import Kind

GroupKind = Literal["people", "units", "copropiedades", "cases", "events", "messages"]
ItemKind = Literal["person", "unit", "copropiedad", "case", "event_type", "event", "message"]


class SearchItem(Struct, kw_only=True):
    """One thing that was found: `kind` and `id` are where a link goes."""

    kind: Annotated[
        ItemKind,
        Meta(description="Of an `event_type` the id is a name: `/api/messages?event=` lists its messages."),
    ]
    id: str
    title: Annotated[str, Meta(description="Spanish. A person's name, masked unless `whole`.")]
    detail: Annotated[str, Meta(description="Spanish: what tells it from others of its title; may be empty.")]
    copropiedad: str | None = None
    at: Instant | None = None


class SearchGroup(Struct, kw_only=True):
    kind: GroupKind
    items: list[SearchItem]
    more: Annotated[bool, Meta(description="There are more of them: another word tells them apart.")]


class SearchAnswer(Struct, kw_only=True):
    """What was found, by kind of thing; a group without items is left out."""

    understood: Annotated[list[Kind], Meta(description="What the words were taken for, and looked for as.")]
    groups: list[SearchGroup]
    notes: Annotated[list[str], Meta(description="Spanish: what was not looked for, and why.")]
    masked: bool
    may_unmask: Annotated[bool, Meta(description="Whether `?whole=true` would show names to you somewhere.")]
