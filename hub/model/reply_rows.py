"""Replies as rows: how staff sees them, whole and in a list."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model.casework import ReplyState
from hub.model.given_files import KeptFile
from hub.model.json import Instant
from hub.model.replies import ReplyKind


class ReplyRow(Struct, kw_only=True, frozen=True):
    """A reply without its text; the address is masked, and the name, too, where you do not answer."""

    id: UUID
    received_at: Instant
    at: Instant
    kind: ReplyKind
    channel: str
    address: str
    person: str | None
    name: Annotated[str | None, Meta(description="Of the person; none of a stranger.")]
    units: Annotated[list[str], Meta(description="The person's units that the answered message is about.")]
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


class ReplyWhole(ReplyRow, kw_only=True, frozen=True):
    provider: str
    reference: str
    subject: str
    text: str
    files: Annotated[
        list[KeptFile], Meta(description="What came with it; a file is at `/api/files/{id}/{place}`.")
    ] = []

    @property
    def file_names(self) -> list[str]:
        return [file.name for file in self.files]
