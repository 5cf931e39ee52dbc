"""Schemas of replies and of staff's words in a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from hub.model import ReplyKind, Word
from hub.model.casework import ReplyState, ReplyView
from hub.model.pages import PageQuery
from hub.operations.cases.acts import LONGEST


class RepliesQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: ReplyKind | None = None
    view: Annotated[ReplyView | None, Meta(description="What staff has done; `mine`: the caller's.")] = None
    channel: Word | None = None
    copropiedad: Annotated[Word, Meta(description="Answers to messages of this copropiedad.")] | None = None
    since: Annotated[date, Meta(description="Received on this day in Colombia or later.")] | None = None
    until: Annotated[date, Meta(description="Received on this day in Colombia or before.")] | None = None


class AssignBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account: Annotated[Word, Meta(description="The account's name; without it the caller.")] | None = None
    nobody: Annotated[bool, Meta(description="Take it from whoever has it.")] = False


class CloseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    words: Annotated[
        str, Meta(max_length=LONGEST, description="What was done; needed where its event says it.")
    ] = ""
    form: Annotated[str, Meta(max_length=100, description="As for a reply.")] = ""


class SettleReplyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[
        ReplyState,
        Meta(description="`answered` in another way, `closed`: none is needed, `open` again."),
    ]
