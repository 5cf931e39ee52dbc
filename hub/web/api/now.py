"""The state of the hub now, over HTTP: the content of the console's first page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aiohttp import web

from hub.desk.communications.reviews import count_mine
from hub.desk.letters.queries import count as count_letters
from hub.desk.posters.queries import count as count_posters
from hub.desk.today.reading import activity_of, situation_of
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.model import Scope
from hub.operations.now.answer import Activity, answer_of
from hub.operations.now.situation import Situation
from hub.web.auth.caller import places_with
from hub.web.responses import json_answer
from hub.web.services import services


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
