"""Indicators over HTTP: promises kept, and the satisfaction of people."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Word
from hub.operations.indicators.reading import IndicatorStores, read
from hub.sla.indicator_rows import Indicators
from hub.web.auth.caller import places_of
from hub.web.responses import json_answer
from hub.web.services import services


class IndicatorsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without dates: the last thirty days, including today."""

    since: Annotated[date, Meta(description="The first day, in Colombia.")] | None = msgspec.field(
        name="from", default=None
    )
    until: Annotated[date, Meta(description="The last day.")] | None = msgspec.field(name="to", default=None)
    area: Annotated[Word, Meta(description="The `service_area` of the case.")] | None = None
    copropiedad: Word | None = None


async def show(request: web.Request, query: IndicatorsQuery) -> web.Response:
    """Report the promises that began in a period, the figures of surveys, and the people within reach."""
    return json_answer(await indicators_of(request, query))


async def indicators_of(request: web.Request, query: IndicatorsQuery) -> Indicators:
    """Read the indicators within the caller's reach. Raises InvalidPeriod."""
    deps = services(request)
    return await read(
        IndicatorStores(log=deps.log, surveys=deps.surveys, reach=deps.reach),
        deps.policy,
        since=query.since,
        until=query.until,
        area=query.area,
        copropiedad=query.copropiedad,
        now=deps.now(),
        places=places_of(request),
    )
