"""The state of the hub now, over HTTP: the content of the console's first page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from aiohttp import web

from hub.desk.communications.reviews import count_mine
from hub.desk.letters.queries import count as count_letters
from hub.desk.posters.queries import count as count_posters
from hub.desk.today.reading import activity_of, situation_of
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.model import Scope
from hub.model.pages import PageQuery, rows_by
from hub.operations.incidents import IncidentRow, read_incidents
from hub.operations.now.answer import Activity, answer_of
from hub.operations.now.situation import Situation
from hub.web.auth.caller import places_of, places_with
from hub.web.responses import json_answer
from hub.web.schemas.common import Summary
from hub.web.services import services

MOST_INCIDENTS: Final = 5000
"""The most incidents to look at: the oldest of years are for the log."""
_FAR: Final = 1e11


async def show_now(request: web.Request) -> web.Response:
    """Show open incidents, the work that waits, and the results of the last day's messages."""
    _, activity, situation = await now_of(request)
    return json_answer(answer_of(activity, situation))


async def now_of(request: web.Request) -> tuple[Mapping[str, Mapping[str, int]], Activity, Situation]:
    """
    Return the counts of the lists, the last day, and the work that waits, where the caller may read.

    The first page is open to everybody who has signed in, with any scope: its route has no places.
    """
    deps, places = services(request), places_with(request, Scope.READ)
    counts = await deps.monitoring.counts.get(places)
    activity = await activity_lately(request)
    found = await situation_of(
        deps,
        counts,
        activity,
        places=places,
        letters=partial(count_letters, deps.database),
        posters=partial(count_posters, deps.database),
        waiting=deps.who_waits,
        approvals=await count_mine(operator_of(request, OPERATE)),
    )
    return counts, activity, found


async def activity_lately(request: web.Request) -> Activity:
    """Return the last day as it was a moment ago: counting it is not for every look."""
    deps, places = services(request), places_with(request, Scope.READ)
    return await deps.lately.get(places, partial(activity_of, deps.activity, deps.now(), places))


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
