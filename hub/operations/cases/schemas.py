"""The shapes of a case's thread, for the API, the page and the command line."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import ClockState, Instant, Purpose, ReplyKind, State
from hub.model.given_files import KeptFile
from hub.model.looks import IsMasked, IsNamed, MayUnmask


class ThreadKind(StrEnum):
    """The kind of an entry of a thread."""

    EVENT = "event"
    REPLY = "reply"
    MESSAGE = "message"
    LETTER = "letter"
    """A message on paper."""
    LETTER_HANDED_OVER = "letter_handed_over"
    UNDELIVERED = "undelivered"
    UNRECOGNISED = "unrecognised"
    """Somebody does not recognise a message."""
    LEFT_OUT = "left_out"
    ACKNOWLEDGED = "acknowledged"
    CLOCK_STARTED = "clock_started"
    CLOCK_AT_RISK = "clock_at_risk"
    CLOCK_BREACHED = "clock_breached"
    CLOCK_ESCALATED = "clock_escalated"
    CLOCK_PAUSED = "clock_paused"
    CLOCK_RESUMED = "clock_resumed"
    CLOCK_EXTENDED = "clock_extended"
    CLOCK_REOPENED = "clock_reopened"
    CLOCK_ENDED = "clock_ended"
    CLOCK_RESOLVED = "clock_resolved"
    """The people who were called are notified of the end."""
    NOTE = "note"
    """A note of staff for colleagues."""
    HANDED_OVER = "handed_over"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    MERGED = "merged"
    SEPARATED = "separated"
    SPLIT = "split"


class CaseProgress(StrEnum):
    """Whether a promise of the case still runs."""

    OPEN = "open"
    CLOSED = "closed"
    NO_PROMISES = "no_promises"


class TextOrigin(StrEnum):
    """Where the text of a message comes from."""

    AS_SENT = "as_sent"
    """The sent words: made again and equal byte for byte, or read from the bytes that were kept."""
    STORED = "stored"
    """As it was stored for the inbox or for paper; the sent words cannot be compared."""
    UNPROVEN = "unproven"
    """Made again with the texts of then, and not equal to the sent ones."""
    TODAY = "today"
    """It cannot be made again, or no provider accepted it: made by today's templates."""
    NOT_SENT = "not_sent"
    """Not sent yet: the words that would be sent now."""


class ThreadEvent(Struct, kw_only=True):
    key: UUID
    id: str
    source: str
    event: Annotated[str, Meta(examples=["pqrs.received"])]


class ThreadAttempt(Struct, kw_only=True):
    """One call of a provider, or its report."""

    at: Instant
    outcome: str
    provider: str
    reference: str | None
    code: str


class ThreadMessage(Struct, kw_only=True):
    """A message. The address is masked unless the case is whole; name and text are shown where you answer."""

    id: UUID
    event: str
    event_key: Annotated[UUID, Meta(description="The event of which it tells.")]
    person: str
    name: str
    channel: str
    address: str
    purpose: Purpose
    state: State
    reason: str | None
    attempts: list[ThreadAttempt]
    subject: str | None
    text: str | None
    text_origin: Annotated[TextOrigin | None, Meta(description="Where subject and text come from.")]
    text_note: Annotated[
        str | None, Meta(description="Spanish; what stands against the text, or why it is not what was sent.")
    ]


class ThreadReply(Struct, kw_only=True):
    """A reply of a person; `thread` is the case in which it is answered. The text is shown as a message's."""

    id: UUID
    kind: ReplyKind
    channel: str
    person: str | None
    name: Annotated[str, Meta(description="The writer, masked as the case is; else how nobody knows them.")]
    thread: str
    text: str | None


class ThreadWords(Struct, kw_only=True):
    """What somebody of the staff has said to the person: only in the whole case."""

    text: str
    by: Annotated[str | None, Meta(description="Who said it: a reference.")]
    name: Annotated[str, Meta(description="The name with which it was signed, or of its author.")]
    file: Annotated[str | None, Meta(description="The document that went with it.")] = None


class ThreadClock(Struct, kw_only=True):
    id: UUID
    name: Annotated[str, Meta(examples=["first_reply"])]
    state: ClockState
    due_at: Instant


class ThreadNote(Struct, kw_only=True):
    """What staff wrote for colleagues; whoever may not answer in the case gets no such entry."""

    id: UUID
    by: str
    words: str


class ThreadEntry(Struct, kw_only=True):
    """An entry of the thread at an instant. `who` acted or was left out: a reference."""

    kind: ThreadKind
    at: Instant
    sentence: Annotated[str, Meta(description="Spanish, for operators; times are Colombia's.")]
    more: Annotated[list[str], Meta(description="Further sentences: tries, what to do.")] = []
    who: str | None = None
    event: ThreadEvent | None = None
    message: ThreadMessage | None = None
    reply: ThreadReply | None = None
    words: ThreadWords | None = None
    clock: ThreadClock | None = None
    note: ThreadNote | None = None
    files: Annotated[
        list[KeptFile], Meta(description="What came with the words; a file is at `/api/files/{id}/{place}`.")
    ] = []


class CaseThreadAnswer(Struct, kw_only=True):
    """A case as this caller may see it."""

    case: Annotated[str, Meta(examples=["pqrs_id:pqrs-ejemplo-1"])]
    number: Annotated[str, Meta(description="By which people know it.", examples=["PQ-2026-000901"])]
    title: Annotated[str, Meta(examples=["PQRS recibida"])]
    opened_at: Instant | None
    copropiedad: Annotated[str | None, Meta(description="The name of its copropiedad.")]
    state: CaseProgress
    summary: Annotated[
        list[str],
        Meta(
            description="Spanish.",
            examples=[
                ["Abierto.", "Primera respuesta: vence el martes 1 a las 2:53 p. m.; lo tiene Luz Mora."]
            ],
        ),
    ]
    awaits_answer: Annotated[bool, Meta(description="Whether its legal term waits for the final answer.")]
    into: Annotated[str | None, Meta(description="The case in whose thread it goes on.")] = None
    entries: list[ThreadEntry]
    next: Annotated[str | None, Meta(description="The cursor of the next page.")]
    masked: IsMasked
    named: IsNamed
    may_unmask: MayUnmask
