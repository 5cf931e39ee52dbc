"""The directory over HTTP: who is what, who was it on a day, and what other systems write into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from hub import strict_json, terms
from hub.catalog import BY_NAME
from hub.cloudevents import CONTENT_TYPE, MAX_IDENTITY, encode
from hub.errors import InvalidEvent
from hub.model import HUB_SOURCE, TYPE_PREFIX, TYPE_SUFFIX, Event, Json
from hub.ports import Holders
from hub.web.answers import Refusal, json_answer, page_answer
from hub.web.keys import CHECK, ROSTER
from hub.web.noting import note
from hub.web.people import HoldersQuery
from hub.web.queries import read_query, unknown

SOURCE: Final = f"{HUB_SOURCE}:api"
NOUNS: Final[Mapping[str, str]] = {
    "copropiedades": "copropiedad",
    "units": "unit",
    "people": "person",
    "memberships": "membership",
    "leaves": "leave",
    "rotas": "rota",
}
"""The kinds of the API → the nouns of `directory.*` events."""


async def list_people(request: web.Request) -> web.Response:
    """Who holds a role, now or on a day."""
    query = read_query(request, HoldersQuery)
    if (query.unit is None) is (query.copropiedad is None):
        raise Refusal(400, "One of unit and copropiedad is needed.", "GET /openapi.json says what fits.")
    asked = Holders(role=query.role, unit=query.unit, copropiedad=query.copropiedad, on=_instant(query.on))
    return page_answer(await request.app[ROSTER].holders(asked, after=query.after, limit=query.limit))


async def show_person(request: web.Request) -> web.Response:
    """Somebody's contact points and memberships; the name and the addresses are masked."""
    person = await request.app[ROSTER].somebody(request.match_info["ref"])
    if person is None:
        raise unknown("person")
    await note(request, "person.show", f"person:{request.match_info['ref']}")
    return json_answer(person)


async def put_entry(request: web.Request) -> web.Response:
    """Write something into the directory."""
    return await _write(request, "upserted")


async def delete_entry(request: web.Request) -> web.Response:
    """Take something out of the directory."""
    return await _write(request, "removed")


async def _write(request: web.Request, verb: str) -> web.Response:
    event = _event(request.match_info, verb, await _object(request), now=datetime.now(UTC))
    checked = request.app[CHECK](encode(event), CONTENT_TYPE, {})
    path = request.match_info
    await note(request, f"directory.{verb}", f"{path['kind']}:{path['ref']}")
    return json_answer(await request.app[ROSTER].write(checked))


def _event(path: Mapping[str, str], verb: str, body: Mapping[str, Json], *, now: datetime) -> Event:
    noun, ref = NOUNS.get(path["kind"]), path["ref"]
    if noun is None:
        raise Refusal(404, "There is no such kind.", f"There are {', '.join(NOUNS)}.")
    name = f"directory.{noun}.{verb}"
    if name not in BY_NAME:
        raise Refusal(405, f"Of {path['kind']} nothing is taken out.", "PUT says what they are now.")
    if body.get(f"{noun}_id", ref) != ref:
        raise Refusal(400, f"{noun}_id: expected the id of the path.", "Leave it out of the body.")
    return Event(
        id=f"{noun}:{ref}:{body.get('version')}"[:MAX_IDENTITY],
        source=SOURCE,
        type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}",
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


def _instant(on: str | None) -> datetime:
    try:
        return datetime.now(UTC) if on is None else terms.asked_at(on)
    except ValueError:
        what = "on: expected a date like 2026-03-09 or an RFC 3339 instant."
        raise Refusal(400, what, "GET /openapi.json says what fits.") from None
