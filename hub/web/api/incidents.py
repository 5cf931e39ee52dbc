"""What is wrong with the hub itself, for the page, the API and the command line."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from hub.health.incidents import kind_of, known, title_of
from hub.model import Incident
from hub.ports import IncidentLog
from hub.web.requests import read_query
from hub.web.responses import json_answer
from hub.web.schemas.common import IncidentPage, IncidentRow, IncidentsQuery
from hub.web.services import services


async def list_incidents(request: web.Request) -> web.Response:
    """The open ones first, then what is over."""
    query = read_query(request, IncidentsQuery)
    return json_answer(await read_incidents(services(request).incidents, query.limit))


async def read_incidents(log: IncidentLog, limit: int) -> IncidentPage:
    """Make the answer of the API. There is one page: who looks wants the open ones."""
    return IncidentPage(items=_rows(await log.incidents(limit)), next=None)


def _rows(found: Sequence[Incident]) -> list[IncidentRow]:
    return [
        IncidentRow(
            key=incident.key,
            kind=kind_of(incident.key).name,
            state="open" if incident.resolved_at is None else "over",
            title=title_of(incident.key),
            measured=incident.measured,
            to_do=kind_of(incident.key).to_do,
            meanwhile=kind_of(incident.key).meanwhile,
            since=incident.since,
            told_at=incident.told_at,
            resolved_at=incident.resolved_at,
        )
        for incident in known(found)
    ]
