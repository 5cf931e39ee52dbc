"""The page of people: who lives and works where, who cannot be reached, who is not to be contacted."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta

from hub.errors import InvalidAudience
from hub.model import Scope
from hub.operations.audience import AudienceMeant, read_audience
from hub.operations.people_list import PersonRow, UnitReach, units_reached
from hub.rendering import labels_es
from hub.web.api.people_list import PeopleQuery, people_of
from hub.web.auth.caller import places_of, places_with
from hub.web.console.shell import console_page, sheet_of, spreadsheet, with_query
from hub.web.requests import FormQuery
from hub.web.services import services

PATH: Final = "/people"
_COLUMNS: Final = ("Persona", "Nombre", "Papeles", "Se le llega por", "No contactar")
_WAYS: Final = {"email": "correo", "sms": "celular", "push": "aplicación"}


class PeopleListQuery(PeopleQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Annotated[Literal["csv"] | None, Meta(description="A sheet instead of the page.")] = None
    done: str = ""


async def show(request: web.Request, query: PeopleListQuery) -> web.StreamResponse:
    """List people of the directory by reference."""
    page = await people_of(request, query)
    if query.format is not None:
        return spreadsheet("personas", _COLUMNS, map(_line, page.items))
    return console_page(
        "console/people.html",
        request,
        here=PATH,
        rows=page.items,
        query=query,
        ways=_WAYS,
        reach=await _reach(request, query),
        units=await _units(request, query),
        buildings=await services(request).people_list.buildings(places_of(request)),
        may_unmask=places_with(request, Scope.PRIVACY) != frozenset(),
        all=with_query(request, unreachable=None, marked=None, after=None),
        unreachable=with_query(request, unreachable="true", marked=None, after=None),
        marked=with_query(request, marked="true", unreachable=None, after=None),
        sheet=sheet_of(request),
        unmask=with_query(request, whole=None if query.whole else "true"),
        next=with_query(request, after=page.next) if page.next else None,
        first=with_query(request, after=None) if query.after else None,
    )


async def _units(request: web.Request, query: PeopleListQuery) -> UnitReach | None:
    """Count the units of a building; only beside its whole list, on the first page."""
    if query.copropiedad is None or query.after or query.unit or query.role or query.marked:
        return None
    deps, places = services(request), places_of(request)
    return await units_reached(
        deps.people_list, query.copropiedad, policy=deps.policy, now=deps.now(), places=places
    )


async def _reach(request: web.Request, query: PeopleListQuery) -> AudienceMeant | None:
    """Count by which channels the people of a building or a unit are reached; None for all of the company."""
    if query.unit is None and query.copropiedad is None:
        return None
    scope = f"unit:{query.unit}" if query.unit is not None else f"copropiedad:{query.copropiedad}"
    who = f"{f'role:{query.role}' if query.role else 'everyone'}@{scope}"
    try:
        return await read_audience(
            services(request).headcount, [who], after=None, limit=1, places=places_of(request)
        )
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
        ", ".join(_WAYS.get(way, way) for way in row.ways) or "solo carta",
        labels_es.MARKS.get(row.do_not_contact, row.do_not_contact) if row.do_not_contact else "",
    )
