"""Colleagues on the page of a case: to whom it may go, for the parts `_among.html` and `_note.html`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from hub.business_time.dates import as_day
from hub.desk.cases.colleagues import colleagues_of
from hub.desk.cases.queries import asleep_until
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.doors.operator import Operator
from hub.model.actors import of_account
from hub.operations.cases.thread import number_of
from hub.ports.cases import KnownCase
from hub.web.auth.caller import caller_of


async def among_colleagues(request: web.Request, case: KnownCase, *, may_act: bool) -> Mapping[str, Any]:
    """Return the values of the parts of the page that are for who may answer in the case."""
    by, me = operator_of(request, OPERATE), caller_of(request).who
    accounts = await colleagues_of(by, case) if may_act else ()
    return {
        "asleep_until": await asleep_until(by.db, case.case),
        "joined": {one: await _number(by, one) for one in await by.stores.casework.joined(case.case)},
        "tomorrow": as_day(by.now) + timedelta(days=1),
        "colleagues": {one.name: one.display_name for one in accounts if of_account(one.name) != me},
    }


async def _number(by: Operator, case: str) -> str:
    """Return the number by which people know a case."""
    for known in await by.stores.cases.known([case], places=by.places):
        return number_of(await by.stores.cases.page(known, after=None, limit=1, places=by.places))
    return case.partition(":")[2]
