"""People as rows of the directory, with the queries of staff and systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, Mark, Preferences, Role, Word
from hub.model.looks import IsMasked, IsNamed, MayUnmask
from hub.model.pages import Limit

NOUNS: Final[Mapping[str, str]] = {
    "copropiedades": "copropiedad",
    "units": "unit",
    "people": "person",
    "memberships": "membership",
    "leaves": "leave",
    "rotas": "rota",
}
"""Kind in the API's path → noun of the `directory.*` events."""


class RoleRow(Struct, kw_only=True):
    """A role now. Without a copropiedad it is of the company."""

    role: str
    copropiedad_id: str | None
    copropiedad: str | None
    unit_id: str | None
    unit: str | None


class Housemate(Struct, frozen=True, kw_only=True):
    """Another person of a unit of somebody."""

    unit_id: str
    unit: str
    copropiedad_id: str
    copropiedad: str
    person: str
    name: str
    role: str


class PossibleDuplicate(Struct, frozen=True, kw_only=True):
    """Another entry that may be the same person; `why`: email, phone or unit."""

    person: str
    name: str
    why: str


class PersonRow(Struct, kw_only=True):
    """A person of the directory; the name is masked where you need not answer, unless it is whole."""

    person: str
    name: str
    roles: list[RoleRow]
    ways: Annotated[list[str], Meta(description="The channels that reach them: `email`, `sms`, `push`.")]
    do_not_contact: Annotated[str | None, Meta(description="The reason of the mark in force.")]


class PeoplePage(Struct, kw_only=True):
    """A page of people by reference. One may have fewer rows than asked for, and yet a next one."""

    items: list[PersonRow]
    next: Annotated[str | None, Meta(description="The reference after which the next page begins.")]


class PeopleQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A filter of the people of the directory."""

    copropiedad: Annotated[Word, Meta(description="Of this one and its units.")] | None = None
    unit: Annotated[Word, Meta(description="Of this unit.")] | None = None
    role: Role | None = None
    unreachable: Annotated[
        bool, Meta(description="Only whom no mail, text message or app reaches: a letter is left.")
    ] = False
    marked: Annotated[bool, Meta(description="Only whom staff has marked: do not contact.")] = False
    whole: Annotated[bool, Meta(description="Names unmasked; needs the scope `privacy` there.")] = False
    after: Annotated[str, Meta(max_length=200, description="The `next` of the page before.")] | None = None
    limit: Limit = 50


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
    """A membership in force at that time; the name is masked unless you answer wherever you read."""

    id: str
    version: int
    since: Annotated[Instant, Meta(description="As the membership has it, else when the hub received it.")]
    until: Instant | None
    person: str
    role: Role
    scope: Annotated[str, Meta(description="`unit:ID`, `copropiedad:ID` or `company`.")]
    name: str


class ReachedContact(Struct, kw_only=True):
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
    named: IsNamed
    may_unmask: MayUnmask
    id: str
    version: int
    name: str
    locale: str
    digital_access: bool
    contact_points: list[ReachedContact]
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


Contacts = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=320)], ...],
    Meta(max_length=5, description="All of them, the preferred one first."),
]


class PersonCorrection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person's entry shall say; what is left out stays."""

    seen: Annotated[int, Meta(ge=0, description="The version that is corrected; another one is refused.")]
    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    emails: Contacts | None = None
    phones: Contacts | None = None
    digital_access: bool | None = None


class Corrected(Struct, kw_only=True):
    person: str
    version: Annotated[int, Meta(description="The version now in force.")]
    changed: Annotated[list[str], Meta(description="The fields that differ now.")]


class RoleBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    role: Role
    unit: Annotated[Word, Meta(description="As people call it, with its tower: `T1 302`.")]
    copropiedad: Annotated[Word, Meta(description="Of this one; else the name must be unique.")] | None = None


class RoleAdded(Struct, kw_only=True):
    id: str
    unit: str


class RoleEndBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    membership: Word


class RoleEnded(Struct, kw_only=True):
    id: str
    until: Instant


class DuplicateRow(Struct, frozen=True, kw_only=True):
    """Two entries that may be one person; `why` is what they share: email, phone or unit."""

    person: str
    name: str
    other: str
    other_name: str
    why: str


class DuplicatesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    copropiedad: Annotated[Word, Meta(description="The copropiedad whose people are compared.")]


class JoinQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    other: Annotated[Word, Meta(description="The other entry of the same person.")]


class JoinBody(JoinQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The entry whose roles and contacts go to the person; its history stays where it is."""


class JoinRow(Struct, frozen=True, kw_only=True):
    """A joining that may be taken back; `name` is that of the other one."""

    id: UUID
    at: Instant
    by: str
    kept: str
    other: str
    name: str


class UndoJoinBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    join: UUID


class Joined(Struct, kw_only=True):
    id: UUID
    roles: Annotated[int, Meta(description="Roles that changed hands.")]
