"""People over HTTP: entries of the directory, each as the event that it stands for, and erasure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from aiohttp import web

from hub.catalog import BY_NAME
from hub.cloudevents import CONTENT_TYPE, encode, strict_json
from hub.desk.people.acts import write_entry
from hub.desk.people.rows import NOUNS, EntryQuery
from hub.desk.rights import acts as rights
from hub.desk.rights.rows import EraseBody
from hub.doors.act import OPERATE, PRIVACY
from hub.doors.api import operator_of
from hub.errors import InvalidEvent
from hub.model import HUB_SOURCE, Event, Json
from hub.people.versions import entry_event
from hub.web.responses import Refusal, json_answer
from hub.web.services import services

SOURCE: Final = f"{HUB_SOURCE}:api"


async def put_entry(request: web.Request, query: EntryQuery) -> web.Response:
    """Write a directory entry; a version older than the stored one changes nothing, unless it overrides."""
    return await _write(request, "upserted", override=query.override)


async def delete_entry(request: web.Request) -> web.Response:
    """Remove a directory entry: a person, a membership, a leave, a rota."""
    return await _write(request, "removed")


async def _write(request: web.Request, verb: str, *, override: bool = False) -> web.Response:
    deps, path = services(request), request.match_info
    event = _event(path, verb, await _object(request), now=deps.now())
    checked = deps.check(encode(event), CONTENT_TYPE, {})
    by = operator_of(request, OPERATE)
    return json_answer(await write_entry(by, path["kind"], path["ref"], checked, verb, override=override))


def _event(path: Mapping[str, str], verb: str, body: Mapping[str, Json], *, now: datetime) -> Event:
    noun, ref = NOUNS.get(path["kind"]), path["ref"]
    if noun is None:
        raise Refusal(404, "There is no such kind.", f"There are {', '.join(NOUNS)}.")
    name = f"directory.{noun}.{verb}"
    if name not in BY_NAME:
        raise Refusal(405, f"Of {path['kind']} nothing is taken out.", "PUT writes what they are now.")
    if body.get(f"{noun}_id", ref) != ref:
        raise Refusal(400, f"{noun}_id: expected the id of the path.", "Leave it out of the body.")
    return entry_event(noun, {**body, f"{noun}_id": ref}, source=SOURCE, at=now, verb=verb)


async def _object(request: web.Request) -> Mapping[str, Json]:
    try:
        body = strict_json.loads(await request.read() or b"{}")
    except ValueError as exc:
        raise InvalidEvent(f"the body: expected {exc}") from exc
    if not isinstance(body, dict):
        raise InvalidEvent("the body: expected a JSON object")
    return body


async def erase(request: web.Request, body: EraseBody) -> web.Response:
    """
    Erase a person for good, or with `dry_run` show the effects and the duty that keeps the data.

    The directory, the addresses and the own page are closed at once (202); TIMERS erases the rest. It is
    refused (409) while a duty requires the data. A key needs `operate`, too. Safe to repeat.
    """
    by, ref = operator_of(request, PRIVACY), request.match_info["ref"]
    if body.dry_run:
        return json_answer(await rights.look_at_erasure(by, ref))
    return json_answer(await rights.start_erasure(by, ref, body), status=202)
