"""Schemas of replies and of staff's words in a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, ReplyKind, Word
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
    read_at: Annotated[Instant | None, Meta(description="When staff first read it.")]
    assignee: Annotated[str | None, Meta(description="Who of the staff has it: a reference.")]
    copropiedad: Annotated[str | None, Meta(description="Of the message that it answers.")]
    emergency: Annotated[bool, Meta(description="Whether it answers a message of an emergency.")]
    state: Annotated[ReplyState, Meta(description="Whether it still waits for an answer.")]


class AssignBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account: Annotated[Word, Meta(description="The account's name; without it the caller.")] | None = None
    nobody: Annotated[bool, Meta(description="Take it from whoever has it.")] = False


class WordsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    words: Annotated[str, Meta(min_length=1, max_length=LONGEST, description="What is said: people read it.")]
    form: Annotated[
        str, Meta(max_length=100, description="The same twice with the same words is one act.")
    ] = ""


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


class ReplyWhole(ReplyRow, kw_only=True):
    provider: str
    reference: str
    subject: str
    text: str
