"""People over HTTP as operators look for them: the list, and what to know before writing to one."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Role, Word
from hub.model.looks import WholeQuery
from hub.model.pages import Limit
from hub.operations.people_list import PeoplePage, list_people
from hub.operations.person_overview import PersonOverview
from hub.ports.people_list import PeopleFilter
from hub.web.api.masked import look, places_of_list
from hub.web.auth.caller import note, places_of
from hub.web.requests import found
from hub.web.responses import json_answer
from hub.web.services import services


class PeopleQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which people of the directory."""

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


async def find_people(request: web.Request, query: PeopleQuery) -> web.Response:
    """List people of the directory by reference: their roles now, and which channels reach them."""
    return json_answer(await people_of(request, query))


async def show_overview(request: web.Request, query: WholeQuery) -> web.Response:
    """
    Show what to know before writing to a person: contacts, why each channel may be used or not, roles.

    The forecast is of now: each message is judged again when it leaves.
    """
    ref = request.match_info["ref"]
    await look(request, query, services(request).directory.somebody, ref, noun="person")
    return json_answer(await overview_of(request, ref, whole=query.whole))


async def overview_of(request: web.Request, ref: str, *, whole: bool) -> PersonOverview:
    """Return the overview of somebody at whom the caller may look, as `look` has found and audited."""
    deps = services(request)
    made = await deps.overviews.read(ref, now=deps.now(), places=places_of(request), whole=whole)
    return found("person", made)


async def people_of(request: web.Request, query: PeopleQuery) -> PeoplePage:
    """Return the page that was asked for, and audit the look: with names, for each person that it shows."""
    deps = services(request)
    page = await list_people(
        deps.people_list,
        PeopleFilter(
            copropiedad=query.copropiedad,
            unit=query.unit,
            role=query.role,
            marked=query.marked,
            unreachable=query.unreachable,
        ),
        policy=deps.policy,
        now=deps.now(),
        after=query.after,
        limit=query.limit,
        places=places_of_list(request, whole=query.whole),
        whole=query.whole,
    )
    # Masked, the audit has the question and not each row.
    asked = {"copropiedad": query.copropiedad, "unit": query.unit, "role": query.role}
    await note(request, "people.find", "people", **asked, found=len(page.items), whole=query.whole)
    if query.whole:
        for row in page.items:
            await note(request, "person.show", f"person:{row.person}", person=row.person, whole=True)
    return page
