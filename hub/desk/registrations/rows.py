"""Registrations as rows, with the filters of their list; what is sent to register something."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.desk.cases.rows import Given
from hub.desk.registrations.kinds import KINDS
from hub.doors.cells import BUILDINGS, FACT, LINK, MARK, MOMENT, Cell, Option
from hub.model import Instant, Json, Word
from hub.model.pages import PageQuery
from hub.model.registrations import KindWord
from hub.people.units import own_name
from hub.rendering.actors_es import who_es

KINDS_ES: Final = {word: kind.label for word, kind in KINDS.items()}


class RegisterBody(Given, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What came by phone, at the counter or by a letter.

    Who says it: `ref` of the directory, or a name with a mail or a telephone; nobody for a nameless PQRS.
    """

    kind: Annotated[KindWord, Meta(description="What it is.")]
    data: Annotated[
        dict[str, Json],
        Meta(description="The fields of its event that staff knows; the hub fills in the rest."),
    ]
    copropiedad: Annotated[Word, Meta(description="The copropiedad; a unit names it, too.")] | None = None
    unit: Annotated[Word, Meta(description="The unit.")] | None = None
    ref: Annotated[Word, Meta(description="Who says it: a person of the directory.")] | None = None
    name: Annotated[str, Meta(max_length=200, description="Who says it, if the directory has them not.")] = ""
    email: Annotated[str, Meta(max_length=320, description="Their mail.")] = ""
    phone: Annotated[str, Meta(max_length=40, description="Their telephone.")] = ""
    authorises: Annotated[
        bool, Meta(description="They were asked, and authorise that their data are treated.")
    ] = False
    form: Annotated[str, Meta(max_length=100, description="The same twice is one registration.")] = ""


def _place(row: RegistrationRow) -> str:
    return own_name(row.copropiedad or row.copropiedad_id) if row.copropiedad_id else "La empresa"


def _who(row: RegistrationRow) -> str:
    return who_es(row.by)


class RegistrationRow(Struct, kw_only=True, frozen=True):
    """What was registered: its number, and no words. `id` is the key of its event."""

    id: UUID
    at: Annotated[Instant, Cell("Cuándo", MOMENT)]
    radicado: Annotated[str, Cell("Radicado", LINK)]
    kind: Annotated[KindWord, Cell("Qué es", words=KINDS_ES)]
    copropiedad: Annotated[
        Annotated[str | None, Meta(description="Its name.")], Cell("Copropiedad", value=_place)
    ]
    copropiedad_id: Annotated[str, Meta(description="Empty: the company.")]
    by: Annotated[str, Cell("Lo registró", FACT, value=_who)]
    waits: Annotated[
        Annotated[bool, Meta(description="Whether its event is still to be published.")],
        Cell("Por avisar", MARK),
    ]


class RegistrationsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[
        Annotated[KindWord, Meta(description="Only of this kind.")] | None,
        Option("Qué es", among=KINDS_ES),
    ] = None
    copropiedad: Annotated[
        Annotated[Word, Meta(description="Its id: only of this copropiedad.")] | None,
        Option("Copropiedad", among=BUILDINGS, every="Todas"),
    ] = None


class Home(Struct, frozen=True, kw_only=True):
    """Where somebody lives, owns or works."""

    ref: str
    role: str
    unit: str | None
    tower: str | None
    label: str | None
    copropiedad: str
    building: str | None


class AlikeQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    copropiedad: Annotated[Word, Meta(description="The copropiedad.")]
    words: Annotated[str, Meta(min_length=1, max_length=1000, description="What somebody says.")]


class Alike(Struct, frozen=True, kw_only=True):
    """An open case with words in common."""

    case: str
    at: Instant
    subject: str | None


class AlikeList(Struct, frozen=True, kw_only=True):
    items: list[Alike]
