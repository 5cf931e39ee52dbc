"""The schemas of people: the directory, audiences and replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, Mark, Preferences, ReplyKind, Role, Word
from hub.model.casework import ReplyState, ReplyView
from hub.model.looks import IsMasked, MayUnmask
from hub.model.pages import Limit, PageQuery
from hub.operations.cases.acts import LONGEST

NOUNS: Final[Mapping[str, str]] = {
    "copropiedades": "copropiedad",
    "units": "unit",
    "people": "person",
    "memberships": "membership",
    "leaves": "leave",
    "rotas": "rota",
}
"""Kind in the API's path → noun of the `directory.*` events."""


class HoldersQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    role: Annotated[Role, Meta(description="The role.")]
    unit: Annotated[Word, Meta(description="Of this unit; give this or `copropiedad`.")] | None = None
    copropiedad: Annotated[Word, Meta(description="Of this copropiedad and its units.")] | None = None
    on: (
        Annotated[Word, Meta(description="At the end of this day in Colombia, or at this instant; else now.")]
        | None
    ) = None
    after: Annotated[str, Meta(max_length=1200, description="The `next` of the page before.")] | None = None
    limit: Limit = 50


class Holder(Struct, kw_only=True):
    """A membership in force at that time; the name is masked."""

    id: str
    version: int
    since: Annotated[Instant, Meta(description="As the membership has it, else when the hub received it.")]
    until: Instant | None
    person: str
    role: Role
    scope: Annotated[str, Meta(description="`unit:ID`, `copropiedad:ID` or `company`.")]
    name: str


class Reached(Struct, kw_only=True):
    """A contact point that can be used."""

    id: str
    kind: str
    value: str
    verified: bool


class Membership(Struct, kw_only=True):
    id: str
    version: int
    scope: str
    role: Role
    duty: str | None
    level: int | None
    service_area: str | None
    on_call: bool
    direction: bool
    hours: Annotated[
        dict[str, list[list[str]] | bool] | None,
        Meta(description="Working hours of its own; null: the company's."),
    ]
    since: Instant | None
    until: Instant | None


class Consented(Struct, kw_only=True):
    """The consent in force for a person and a purpose. Purposes without any decision are left out."""

    purpose: str
    granted: bool
    at: Annotated[Instant, Meta(description="When the person decided.")]
    channels: Annotated[list[str], Meta(description="For which channels; empty means all.")]
    text_version: str | None
    method: Annotated[
        str | None, Meta(description="As the event states it; `reply`, `opted_out`, `complaint`.")
    ]
    evidence_hash: str | None
    authorises: Annotated[
        bool, Meta(description="False for a no, and for a yes that nobody can prove: it authorises nothing.")
    ]


class PersonWhole(Struct, kw_only=True):
    """A person, with their memberships in the copropiedades that the caller reaches."""

    masked: IsMasked
    may_unmask: MayUnmask
    id: str
    version: int
    name: str
    locale: str
    digital_access: bool
    contact_points: list[Reached]
    memberships: list[Membership]
    consents: list[Consented]
    preferences: Annotated[Preferences, Meta(description="The person's own wishes about messages.")]
    do_not_contact: Annotated[Mark | None, Meta(description="The mark of staff in force.")]


class EntryBody(Struct, kw_only=True):
    """The data of this kind's `directory.*` event without its id; `/asyncapi.json` describes each."""

    version: Annotated[int, Meta(ge=0, description="Grows with every change; an older one changes nothing.")]


class EntryQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    override: Annotated[
        bool, Meta(description="Count whatever version stands there; needs the scope `admin` everywhere.")
    ] = False


class Written(Struct, kw_only=True):
    applied: Annotated[bool, Meta(description="False for a version that is not greater than the stored one.")]
    version: Annotated[int, Meta(description="The version now in force.")]


class AudienceQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    who: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=700)], ...],
        Meta(
            min_length=1,
            max_length=50,
            description="Terms of the language of audiences (docs/audiences.md), each as a `who` of its own; "
            "the audience is their union: `owners@copropiedad:ph-altos & opted_in:commercial`.",
            examples=[["owners@copropiedad:ph-altos-del-rosal", "person:p-maria-pena"]],
        ),
    ]
    after: Annotated[str, Meta(max_length=1200, description="The `next` of the page before.")] | None = None
    limit: Limit = 50


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
