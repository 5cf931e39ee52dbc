"""The page of people: their roles in each place, those out of reach, and those not to be contacted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from hub.desk.people.acts import find_people
from hub.desk.people.audience import AudienceMeant, read_audience
from hub.desk.people.duplicates import list_duplicates
from hub.desk.people.rows import AudienceQuery, DuplicatesQuery, PeopleQuery, PersonRow, RoleRow
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.errors import InvalidAudience
from hub.model import Scope
from hub.rendering import labels_es
from hub.rendering.filters import lista
from hub.web.auth.caller import may_there, places_with
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, paged, sheet_of, spreadsheet, with_query
from hub.web.requests import FormQuery, Sheet

PATH: Final = "/people"
_COLUMNS: Final = ("Persona", "Nombre", "Papeles", "Se le llega por", "No contactar")


SHARED_ES: Final = {"email": "el mismo correo", "phone": "el mismo teléfono", "unit": "la misma unidad"}
"""What two entries share → its words."""


class PeopleListQuery(PeopleQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


async def show(request: web.Request, query: PeopleListQuery) -> web.StreamResponse:
    """List people of the directory by reference."""
    page = await find_people(operator_of(request, READ), query)
    if query.format is not None:
        return spreadsheet("personas", _COLUMNS, map(_line, page.items))
    return console_page(
        "desk/people/list.html",
        request,
        here=PATH,
        rows=page.items,
        homes=_homes,
        query=query,
        ways=labels_es.SHORT_CHANNELS,
        reach=await _reach(request, query),
        buildings=await buildings_of(request),
        may_import=places_with(request, Scope.OPERATE) is None,
        may_unmask=may_there(request, Scope.PRIVACY),
        all=with_query(request, unreachable=None, marked=None, after=None),
        unreachable=with_query(request, unreachable="true", marked=None, after=None),
        marked=with_query(request, marked="true", unreachable=None, after=None),
        sheet=sheet_of(request),
        unmask=with_query(request, whole=None if query.whole else "true"),
        **paged(request, query.after, page.next),
    )


def _homes(row: PersonRow) -> Sequence[tuple[RoleRow, str]]:
    """Return each place of a person, by a role there, with all they are there: `propietario y residente`."""
    found: dict[tuple[str | None, str | None], list[RoleRow]] = {}
    for held in row.roles:
        found.setdefault((held.unit_id, held.copropiedad_id), []).append(held)
    return [
        (each[0], lista([labels_es.ROLES.get(held.role, held.role) for held in each]))
        for each in found.values()
    ]


async def show_duplicates(request: web.Request, query: DuplicatesQuery) -> web.StreamResponse:
    """List pairs of people of a copropiedad who may be one."""
    page = await list_duplicates(operator_of(request, READ), query)
    return console_page(
        "desk/people/duplicates.html",
        request,
        here=PATH,
        rows=page.items,
        shared=SHARED_ES,
        copropiedad=query.copropiedad,
        may_act=may_there(request, Scope.OPERATE),
    )


async def _reach(request: web.Request, query: PeopleListQuery) -> AudienceMeant | None:
    """Count by which channels the people of a building or a unit are reached; None for all of the company."""
    if query.unit is None and query.copropiedad is None:
        return None
    scope = f"unit:{query.unit}" if query.unit is not None else f"copropiedad:{query.copropiedad}"
    who = f"{f'role:{query.role}' if query.role else 'everyone'}@{scope}"
    try:
        return await read_audience(operator_of(request, READ), AudienceQuery(who=(who,), limit=1))
    except InvalidAudience:  # an id that the language of audiences cannot name
        return None


def _line(row: PersonRow) -> tuple[object, ...]:
    return (
        row.person,
        row.name,
        "; ".join(
            " · ".join(filter(None, (labels_es.ROLES.get(held.role, held.role), held.unit, held.copropiedad)))
            for held in row.roles
        ),
        ", ".join(labels_es.SHORT_CHANNELS.get(way, way) for way in row.ways) or "Solo carta",
        labels_es.MARKS.get(row.do_not_contact, row.do_not_contact) if row.do_not_contact else "",
    )
