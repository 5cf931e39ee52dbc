"""Keys as rows, and the bodies and forms that make them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hub.doors.cells import LINK, MOMENT, SMALL, STATE, Argument, Cell, Flag
from hub.model import Instant, Scope, Word
from hub.rendering.labels_es import KEY_STATES, SCOPES

ENDS: Final = {"month": timedelta(days=30), "quarter": timedelta(days=91), "year": timedelta(days=365)}
"""The life of a new key; a word that is not here is a key that never expires."""
ENDS_ES: Final = {
    "month": "En un mes",
    "quarter": "En tres meses",
    "year": "En un año",
    "never": "Nunca",
}
OVERLAPS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
"""The time for which an old key opens beside its successor."""
OVERLAPS_ES: Final = {"hour": "una hora más", "day": "un día más", "week": "una semana más"}


def scopes_es(row: KeyRow) -> str:
    return ", ".join(SCOPES[scope] for scope in row.scopes)


class KeyRow(Struct, kw_only=True):
    """A key without its secret, of which only a hash is stored."""

    name: Annotated[str, Cell("Llave", LINK)]
    prefix: Annotated[
        str,
        Meta(description="The middle of the token, to recognise it by."),
        Cell("Prefijo", SMALL),
    ]
    scopes: Annotated[list[Scope], Cell("Abre", value=scopes_es)]
    source: Annotated[str | None, Cell("Origen", SMALL)]
    event_types: Annotated[list[str], Cell("Avisos", SMALL, value=lambda row: " ".join(row.event_types))]
    state: Annotated[
        str, Meta(description="`live`, `expired` or `revoked`."), Cell("Estado", STATE, words=KEY_STATES)
    ]
    expires_at: Annotated[Instant | None, Cell("Vence", SMALL)]
    used_at: Annotated[Instant | None, Cell("Último uso", MOMENT)]
    amqp_user: str | None
    cases_of: list[str]
    created_at: Instant
    created_by: str
    revoked_at: Instant | None


class KeyMade(KeyRow, kw_only=True):
    """`token` is shown only here."""

    token: str


class KeysOfName(Struct, kw_only=True):
    """The keys of a name, newest first."""

    name: str
    rows: list[KeyRow]

    @property
    def is_live(self) -> bool:
        return any(row.state == "live" for row in self.rows)


class KeysRevoked(Struct, kw_only=True, frozen=True):
    revoked: int


class KeyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[
        Word,
        Meta(description="1 to 64 letters, digits, dots, dashes, underscores."),
        Argument("NAME"),
    ]
    scopes: Annotated[list[Scope], Flag("--scope")]
    source: Annotated[Word, Meta(description="The only source it may publish for.")] | None = None
    event_types: Annotated[
        list[Word],
        Meta(description="The only event types it may publish: `pqrs.received`."),
        Flag("--event"),
    ] = []
    amqp_user: Annotated[Word, Meta(description="Its RabbitMQ user; others are refused.")] | None = None
    cases_of: Annotated[
        list[Word],
        Meta(description="The other sources to whose cases it may add: replies, closings."),
        Flag("--cases-of"),
    ] = []
    expires_at: Annotated[Instant | None, Flag("--expires")] = None


class RotateBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    old_ends_at: Annotated[
        Annotated[Instant, Meta(description="Both keys work until then; by default for a day.")] | None,
        Flag("--old-ends"),
    ] = None


class KeyForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticked box for each scope, by its name."""

    name: Word
    publish: bool = False
    read: bool = False
    operate: bool = False
    privacy: bool = False
    admin: bool = False
    inbox: bool = False
    source: Word | None = None
    event_types: Annotated[str, Meta(max_length=2000)] = ""
    amqp_user: Word | None = None
    cases_of: Annotated[str, Meta(max_length=2000)] = ""
    end: Literal["month", "quarter", "year", "never"]


class RotateForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    overlap: Literal["hour", "day", "week"] = "day"
