"""What is wrong with the hub itself, for the page, the API and the command line."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from hub.health.incidents import kind_of, known, title_of
from hub.model import Trouble
from hub.ports import TroubleLog
from hub.web.app_keys import TROUBLES
from hub.web.requests import read_query
from hub.web.responses import json_answer
from hub.web.schemas.common import TroublePage, TroubleRow, TroublesQuery


async def list_troubles(request: web.Request) -> web.Response:
    """The open ones first, then what is over."""
    query = read_query(request, TroublesQuery)
    return json_answer(await read_troubles(request.app[TROUBLES], query.limit))


async def read_troubles(log: TroubleLog, limit: int) -> TroublePage:
    """Make the answer of the API. There is one page: who looks wants the open ones."""
    return TroublePage(items=_rows(await log.troubles(limit)), next=None)


def _rows(found: Sequence[Trouble]) -> list[TroubleRow]:
    return [
        TroubleRow(
            key=trouble.key,
            kind=kind_of(trouble.key).name,
            state="open" if trouble.resolved_at is None else "over",
            title=title_of(trouble.key),
            measured=trouble.measured,
            to_do=kind_of(trouble.key).to_do,
            meanwhile=kind_of(trouble.key).meanwhile,
            since=trouble.since,
            told_at=trouble.told_at,
            resolved_at=trouble.resolved_at,
        )
        for trouble in known(found)
    ]
