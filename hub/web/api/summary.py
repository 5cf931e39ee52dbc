"""The summary for operators: counts, and the hub's own incidents."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.model.pages import PageQuery, rows_by
from hub.operations.incidents import IncidentRow, read_incidents
from hub.web.auth.caller import places_of
from hub.web.responses import json_answer
from hub.web.schemas.common import Summary
from hub.web.services import services

MOST_INCIDENTS: Final = 5000
"""The most incidents to look at: the oldest of years are for the log."""
_FAR: Final = 1e11


async def summary(request: web.Request) -> web.Response:
    """Count messages, promises and dead letters by state."""
    deps = services(request)
    counts = await deps.monitoring.counts.get(places_of(request))
    return json_answer(Summary(company=deps.policy.company.name, mode=deps.settings.mode, counts=counts))


async def list_incidents(request: web.Request, query: PageQuery) -> web.Response:
    """List the incidents of the hub itself, the open ones first."""
    rows = (await read_incidents(services(request).incidents, MOST_INCIDENTS)).items
    return json_answer(rows_by(rows, query, key=_open_first))


def _open_first(incident: IncidentRow) -> tuple[str, ...]:
    """Order the open ones by their beginning, then the others, the latest first."""
    if incident.resolved_at is None:
        return "open", incident.since.isoformat(), incident.key
    ago = _FAR - incident.resolved_at.timestamp()
    return "over", f"{ago:020.6f}", incident.key
