"""Bodies and answers of the acts in cases and on replies."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, ReplyKind, Word
from hub.model.casework import CaseKind, ReplyState, ReplyView
from hub.model.pages import PageQuery
from hub.operations.cases.acts import LONGEST
from hub.operations.cases.schemas import CaseProgress

_DOCUMENT: Final = 2000
_REASON: Final = 1000
HEARD: Final = LONGEST - 1000
"""Letters of what somebody says: who it is stands in the same note."""


class CaseRow(Struct, kw_only=True, frozen=True):
    """A case as a list shows it: no words of people."""

    id: Annotated[UUID, Meta(description="Of the event that came last.")]
    case: Annotated[str, Meta(examples=["pqrs_id:pqrs-ejemplo-1"])]
    opened_at: Instant | None
    last_at: Instant
    copropiedad_id: str | None
    copropiedad: Annotated[str | None, Meta(description="Its name.")]
    due_at: Annotated[Instant | None, Meta(description="When the first of its running promises is due.")]
    breached: Annotated[int, Meta(description="Running promises that are broken.")]
    at_risk: int
    level: Annotated[int | None, Meta(description="The highest level that has one of its promises.")]
    assignee: Annotated[str | None, Meta(description="Who of the staff has it: a reference.")]
    number: Annotated[str, Meta(description="By which people know it.", examples=["PQ-2026-000901"])]
    title: Annotated[str, Meta(description="Spanish; what opened it.", examples=["PQRS recibida"])]
    last: Annotated[str, Meta(description="Spanish; what happened last.", examples=["PQRS respondida"])]
    state: CaseProgress


class CasesQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[Literal["open", "closed"], Meta(description="Whether a promise runs.")] | None = None
    kind: Annotated[CaseKind, Meta(description="How its key begins.")] | None = None
    copropiedad: Annotated[Word, Meta(description="Of this copropiedad.")] | None = None
    mine: Annotated[bool, Meta(description="Those that the caller has taken.")] = False
    since: (
        Annotated[date, Meta(description="Something happened on this day in Colombia or later.")] | None
    ) = None
    until: Annotated[date, Meta(description="Nothing has happened after this day.")] | None = None


class FiledBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What staff says of a conversation that becomes a PQRS; its writer has said the rest."""

    kind: Annotated[
        Literal["peticion", "queja", "reclamo", "sugerencia", "informacion", "consulta"],
        Meta(description="What it is in law; decides the legal term."),
    ]
    service_area: Annotated[
        str, Meta(min_length=1, max_length=200, description="The area that answers, like administracion.")
    ]
    subject: Annotated[str, Meta(min_length=1, max_length=1000, description="What it is about, in one line.")]
    radicado: Annotated[
        str, Meta(max_length=200, description="The number of another system; without it the hub gives one.")
    ] = ""
    form: Annotated[str, Meta(max_length=100, description="The same twice is one act.")] = ""


class Given(Struct, frozen=True, kw_only=True):
    """A document that goes with words: a mail takes it along, other channels lead to it."""

    file: Annotated[bytes, Meta(description="A whole PDF, PNG or JPEG, in base64.")] = b""
    file_name: Annotated[str, Meta(max_length=200, description="The name of the file.")] = ""
    more: Annotated[
        list[bytes], Meta(max_length=9, description="Further ones: all become the pages of one PDF.")
    ] = []


class WrittenBody(Given, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of staff to one person."""

    words: Annotated[str, Meta(min_length=1, max_length=LONGEST, description="What is said: people read it.")]
    channel: Annotated[
        Literal["email", "whatsapp", "sms"] | None,
        Meta(description="By which channel; without it the one by which the person wrote last."),
    ] = None
    form: Annotated[
        str, Meta(max_length=100, description="The same twice with the same words is one act.")
    ] = ""


class ReplyBody(WrittenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words to the person of a case."""

    close: Annotated[
        bool, Meta(description="Close the case with it: recorded, and told to nobody a second time.")
    ] = False


class FirstWordBody(WrittenBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first words of a conversation with one person."""

    copropiedad: (
        Annotated[str, Meta(max_length=200, description="What it is about; needed by who reaches only some.")]
        | None
    ) = None
    subject: Annotated[str, Meta(max_length=200, description="The subject of a mail.")] = ""


class AnswerBody(Given, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer on the merits to a petition."""

    words: Annotated[
        str,
        Meta(min_length=1, max_length=LONGEST, description="The answer itself: the petitioner reads it."),
    ]
    document: Annotated[
        str,
        Meta(
            max_length=_DOCUMENT,
            description="Its document, if it has one: an https address, or the name under which it is kept.",
        ),
    ] = ""
    close: Annotated[
        bool, Meta(description="Close the case with it: recorded, and told to nobody a second time.")
    ] = False
    form: Annotated[
        str, Meta(max_length=100, description="The same twice with the same words is one act.")
    ] = ""


class CloseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    words: Annotated[
        str, Meta(max_length=LONGEST, description="What was done; needed where its event says it.")
    ] = ""
    form: Annotated[str, Meta(max_length=100, description="As for a reply.")] = ""


class NoteBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note for colleagues: no resident, system or record outside gets it."""

    words: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=LONGEST,
            pattern=r"\S",
            description="`@name` tells that colleague.",
        ),
    ]
    form: Annotated[str, Meta(max_length=100, description="The same twice is one note.")] = ""


class HeardBody(Given, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says or brings that belongs to a case which is there, for colleagues."""

    words: Annotated[str, Meta(min_length=1, max_length=HEARD, pattern=r"\S", description="What is said.")]
    form: Annotated[str, Meta(max_length=100, description="The same twice is one note.")] = ""
    ref: Annotated[Word, Meta(description="Who says it: a person of the directory.")] | None = None
    name: Annotated[str, Meta(max_length=700, description="Who says it, if the directory has them not.")] = ""


HeldBy: TypeAlias = Annotated[
    Word, Meta(description="Who has it, by reference; without it nobody. Another than that has it: 409.")
]


class TakeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the caller knows of who has a case, and why it is taken from that person."""

    held_by: HeldBy | None = None
    reason: Annotated[
        str,
        Meta(max_length=_REASON, description="Needed where another has it; for colleagues alone."),
    ] = ""
    form: Annotated[str, Meta(max_length=100, description="The same twice is one act.")] = ""


class HandOverBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    to: Annotated[
        str, Meta(min_length=1, max_length=200, description="The account that may answer there and gets it.")
    ]
    reason: Annotated[
        str, Meta(min_length=1, max_length=_REASON, pattern=r"\S", description="For colleagues alone.")
    ]
    form: Annotated[str, Meta(max_length=100, description="The same twice is one act.")] = ""


class SnoozeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: Annotated[date, Meta(description="The day in Colombia on which it is back.")]


class CaseSnoozed(Struct, kw_only=True, frozen=True):
    """A case that sleeps; with null it is awake."""

    case: str
    until: Instant | None


class CaseSplit(Struct, kw_only=True, frozen=True):
    """A reply that is in a case of its own, `apart`."""

    case: str
    reply: UUID
    apart: str


class OtherCaseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    other: Annotated[
        str,
        Meta(min_length=1, max_length=1000, description="The other one: its radicado, or its key."),
    ]


class CaseMerged(Struct, kw_only=True, frozen=True):
    """A case, and the one in whose thread it goes on; null: in its own."""

    case: str
    into: str | None


class CaseNoted(Struct, kw_only=True, frozen=True):
    """A line for colleagues: `told` are the accounts that it calls, `untold` names that reach nobody."""

    case: str
    id: UUID
    told: list[str]
    untold: list[str]


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
    held_by: HeldBy | None = None


class SettleReplyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[
        ReplyState,
        Meta(description="`answered` in another way, `closed`: none is needed, `open` again."),
    ]


class ReplyTask(Struct, kw_only=True, frozen=True):
    """A reply after an act: its state, and its assignee."""

    id: UUID
    state: ReplyState
    assignee: str | None
