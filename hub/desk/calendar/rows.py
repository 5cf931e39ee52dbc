"""Entries of the calendar as rows for staff, and the question for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hub.model import Instant
from hub.model.pages import ListQuery

EntryKind = Literal["communication", "reminder", "poster", "promise", "task"]
KINDS_ES: Final[Mapping[EntryKind, str]] = {
    "communication": "Sale una comunicación",
    "reminder": "Sale un recordatorio",
    "poster": "Se quita un cartel",
    "promise": "Vence una promesa",
    "task": "Vence una tarea",
}
LONGEST: Final = 62
"""Days that one question may span."""


class CalendarEntry(Struct, frozen=True, kw_only=True):
    """Something of a day. It names no resident: `title` are words of staff or of the catalogue."""

    id: Annotated[str, Meta(description="Of the communication, event, poster, promise or task.")]
    kind: EntryKind
    at: Annotated[Instant, Meta(description="Of a `whole_day` the first instant.")]
    title: Annotated[str, Meta(description="Spanish.")]
    copropiedad: Annotated[str | None, Meta(description="Null: of several, or of the company.")]
    building: Annotated[str, Meta(description="Its name.")] = ""
    day: Annotated[
        date | None, Meta(description="Its day in Colombia: what falls due at midnight is of the day before.")
    ] = None
    whole_day: bool = False
    path: Annotated[str, Meta(description="Its page in the console.")] = ""


class CalendarQuery(ListQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Annotated[date | None, Meta(description="The first day; by default today.")] = None
    until: Annotated[
        date | None, Meta(description=f"The last day; by default 30 days later, at most {LONGEST}.")
    ] = None


class CalendarLink(Struct, frozen=True, kw_only=True):
    """The address for a calendar program: it is shown once."""

    url: str


class CalendarLinkEnded(Struct, frozen=True, kw_only=True):
    changed: Annotated[bool, Meta(description="Whether there was a link.")]
