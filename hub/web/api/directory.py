"""The directory over HTTP: who holds a role, whom an audience names, the entries that systems write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from aiohttp import web

from hub.business_time import dates
from hub.catalog import BY_NAME
from hub.cloudevents import CONTENT_TYPE, MAX_IDENTITY, encode, strict_json
from hub.errors import InvalidEvent
from hub.model import HUB_SOURCE, Event, Json, Scope, type_of
from hub.model.looks import WholeQuery
from hub.operations.audience import read_audience
from hub.ports import Holders, Standing
from hub.web.api.directory_entries import Entry
from hub.web.api.masked import look
from hub.web.auth.caller import everywhere_only, note, places_of, places_with
from hub.web.requests import unknown
from hub.web.responses import Refusal, json_answer
from hub.web.schemas.people import NOUNS, AudienceQuery, EntryQuery, HoldersQuery
from hub.web.services import services

SOURCE: Final = f"{HUB_SOURCE}:api"


async def list_people(request: web.Request, query: HoldersQuery) -> web.Response:
    """List who holds a role of a unit or a copropiedad, now or on a day."""
    if (query.unit is None) is (query.copropiedad is None):
        raise Refusal(400, "One of unit and copropiedad is needed.", "GET /openapi.json shows what fits.")
    on = services(request).now() if query.on is None else _instant(query.on)
    asked = Holders(role=query.role, unit=query.unit, copropiedad=query.copropiedad, on=on)
    page = await services(request).directory.holders(
        asked, after=query.after, limit=query.limit, places=places_of(request)
    )
    # The names are masked and may be many: the audit has the question, not each row.
    await note(request, "people.list", asked.scope, role=asked.role, on=query.on, found=len(page.items))
    return json_answer(page)


async def show_person(request: web.Request, query: WholeQuery) -> web.Response:
    """Show a person of the directory; masked by default."""
    ref, roster = request.match_info["ref"], services(request).directory
    return json_answer(await look(request, query, roster.somebody, ref, noun="person"))


async def show_audience(request: web.Request, query: AudienceQuery) -> web.Response:
    """Count and list the people of an audience now: reach by channel, and who is left out."""
    answer = await read_audience(
        services(request).headcount,
        query.who,
        after=query.after,
        limit=query.limit,
        places=places_of(request),
    )
    # The names are masked and may be many: the audit has the question, not each row.
    await note(request, "audience.show", "audience", asked=list(query.who), found=len(answer.items))
    return json_answer(answer)


async def put_entry(request: web.Request, query: EntryQuery) -> web.Response:
    """Write a directory entry; a version older than the stored one changes nothing, unless it overrides."""
    if query.override and places_with(request, Scope.ADMIN) is not None:
        what = "Only an administrator of everything writes over a greater version."
        raise Refusal(403, what, "Ask for the scope admin, or write a greater version.")
    return await _write(request, "upserted", override=query.override)


async def delete_entry(request: web.Request) -> web.Response:
    """Remove a directory entry: a person, a membership, a leave, a rota."""
    return await _write(request, "removed")


async def _write(request: web.Request, verb: str, *, override: bool = False) -> web.Response:
    event = _event(request.match_info, verb, await _object(request), now=services(request).now())
    checked = services(request).check(encode(event), CONTENT_TYPE, {})
    path, roster = request.match_info, services(request).directory
    noun = NOUNS[path["kind"]]
    standing = await roster.standing(noun, path["ref"])
    entry = Entry.of(noun, checked)
    await _require_reach(request, entry, standing)
    person = entry.person or (standing.person if standing is not None else None)
    subject, version = f"{path['kind']}:{path['ref']}", checked.data["version"]
    over = {"override": True} if override else {}
    await note(request, f"directory.{verb}", subject, person=person, version=version, **over)
    return json_answer(await roster.write(checked, override=override))


async def _require_reach(request: web.Request, entry: Entry, standing: Standing | None) -> None:
    """Raise Refusal unless the caller reaches where the entry belongs before and after the write."""
    places = places_of(request)
    if places is None:
        return
    if entry.of_the_company:
        raise everywhere_only()
    scopes = entry.scopes_with(standing)
    if not scopes or not await services(request).directory.reached(scopes, entry.people, places):
        raise unknown(entry.noun)


def _event(path: Mapping[str, str], verb: str, body: Mapping[str, Json], *, now: datetime) -> Event:
    noun, ref = NOUNS.get(path["kind"]), path["ref"]
    if noun is None:
        raise Refusal(404, "There is no such kind.", f"There are {', '.join(NOUNS)}.")
    name = f"directory.{noun}.{verb}"
    if name not in BY_NAME:
        raise Refusal(405, f"Of {path['kind']} nothing is taken out.", "PUT writes what they are now.")
    if body.get(f"{noun}_id", ref) != ref:
        raise Refusal(400, f"{noun}_id: expected the id of the path.", "Leave it out of the body.")
    return Event(
        id=f"{noun}:{ref}:{body.get('version')}"[:MAX_IDENTITY],
        source=SOURCE,
        type=type_of(name),
        time=now,
        data={**body, f"{noun}_id": ref},
    )


async def _object(request: web.Request) -> Mapping[str, Json]:
    try:
        body = strict_json.loads(await request.read() or b"{}")
    except ValueError as exc:
        raise InvalidEvent(f"the body: expected {exc}") from exc
    if not isinstance(body, dict):
        raise InvalidEvent("the body: expected a JSON object")
    return body


def _instant(on: str) -> datetime:
    try:
        return dates.asked_at(on)
    except ValueError:
        what = "on: expected a date like 2026-03-09 or an RFC 3339 instant."
        raise Refusal(400, what, "GET /openapi.json shows what fits.") from None
