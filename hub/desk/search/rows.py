"""The search as rows: the question, the rows of the database, and the items of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from hub.desk.search.recognise import LONGEST, Kind
from hub.model import Instant
from hub.model.looks import WholeQuery

MOST: Final = 20
"""The most items of a group."""
FEW: Final = 5

GroupKind = Literal["people", "units", "copropiedades", "cases", "communications", "events", "messages"]
ItemKind = Literal["person", "unit", "copropiedad", "case", "communication", "event_type", "event", "message"]


class SearchQuery(WholeQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: Annotated[
        str,
        Meta(
            max_length=LONGEST,
            description="A name, address, telephone number, unit, building, case, event, id, or words of a "
            "subject or of a communication.",
        ),
    ]
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many of each kind at most.")] = FEW


class FoundPerson(Struct, frozen=True, kw_only=True):
    """A person of the directory. `roles` are some of those that last: role, unit or nothing, copropiedad."""

    ref: str
    name: str
    roles: Sequence[Sequence[str]] = ()
    building: str = ""
    """The own name of their copropiedad, if it is one."""


class FoundPlace(Struct, frozen=True, kw_only=True):
    """A unit, or a copropiedad, whose `copropiedad` is itself. Only a copropiedad has an `address`."""

    id: str
    name: str
    copropiedad: str
    tower: str | None = None
    building: str | None = None
    address: str | None = None


class FoundEvent(Struct, frozen=True, kw_only=True):
    """An event. `words` are the field of its data that its subjects begin with, where it has one."""

    key: UUID
    id: str
    type: str
    time: datetime
    case: str | None
    copropiedad: str | None
    words: str | None = None


class FoundMessage(Struct, frozen=True, kw_only=True):
    id: UUID
    event_key: UUID
    event: str
    person: str
    name: str
    channel: str
    state: str
    reason: str | None
    created_at: datetime
    copropiedad: str | None


class FoundCommunication(Struct, frozen=True, kw_only=True):
    """What staff has written: `places` are its copropiedades, None the whole company."""

    id: UUID
    title: str
    kind: str
    state: str
    places: Sequence[str] | None
    changed_at: datetime


class SearchItem(Struct, kw_only=True):
    """One thing that was found: `kind` and `id` are where a link goes."""

    kind: Annotated[
        ItemKind,
        Meta(description="Of an `event_type` the id is a name: `/api/messages?event=` lists its messages."),
    ]
    id: str
    title: Annotated[
        str, Meta(description="Spanish. A person's name, masked where you need not answer, unless `whole`.")
    ]
    detail: Annotated[str, Meta(description="Spanish: what tells it from others of its title; may be empty.")]
    copropiedad: str | None = None
    at: Instant | None = None


class SearchGroup(Struct, kw_only=True):
    kind: GroupKind
    items: list[SearchItem]
    more: Annotated[bool, Meta(description="There are more of them: another word tells them apart.")]


class SearchAnswer(Struct, kw_only=True):
    """The items found, by kind of thing; a group without items is left out."""

    understood: Annotated[list[Kind], Meta(description="What the words were taken for, and looked for as.")]
    groups: list[SearchGroup]
    notes: Annotated[list[str], Meta(description="Spanish: what was not looked for, and why.")]
    masked: Annotated[bool, Meta(description="Whether names are masked somewhere.")]
    may_unmask: Annotated[bool, Meta(description="Whether `?whole=true` would show names to you somewhere.")]
