"""
What every page of the console reads before its handler.

The own line of the operator: offices, and the unread entries of the own inbox. The mark of what the page
shows live: a change that comes while the page is being made differs from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Final

from aiohttp import web

from hub.errors import HubError
from hub.model import EVERYWHERE, Grant
from hub.people.units import own_name
from hub.rendering.labels_es import OFFICES
from hub.web.auth.session_cookie import SESSION
from hub.web.route import Route
from hub.web.services import services

_EVERYWHERE: Final = "todas las copropiedades"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    offices: Sequence[str] = ()
    unread: int = 0


OWN_LINE: Final = web.RequestKey("own_line", OwnLine)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveMark:
    """The topics of a page, and their mark before the page was made; "" if nobody could say it."""

    topics: str = ""
    stood: str = ""


LIVE_MARK: Final = web.RequestKey("live_mark", LiveMark)


def in_shell(row: Route) -> Route:
    """Return the row with a handler that reads these first: making a page from a template asks nothing."""

    @wraps(row.handler)
    async def handler(request: web.Request, **given: Any) -> web.StreamResponse:
        await read_own_line(request)
        await mark_live(request, row.live)
        return await row.handler(request, **given)

    return replace(row, handler=handler)


async def mark_live(request: web.Request, topics: str) -> None:
    """Note how the topics of a page stand now."""
    stood = ""
    if topics:
        with suppress(HubError):
            stood = await services(request).changes.stands(*topics.split())
    request[LIVE_MARK] = LiveMark(topics=topics, stood=stood)


async def read_own_line(request: web.Request) -> None:
    """Read the line of the account that has signed in; a key has none."""
    session = request.get(SESSION)
    account = session.account if session is not None else None
    if account is None:
        return
    inbox = services(request).inbox
    request[OWN_LINE] = OwnLine(
        offices=await offices(request, account.grants),
        unread=await inbox.unread(account.person) if account.person is not None else 0,
    )


async def offices(request: web.Request, grants: Sequence[Grant]) -> list[str]:
    """Return one text per office: its Spanish name and the names of its copropiedades."""
    named = {grant.copropiedad_id for grant in grants} - {EVERYWHERE}
    names = await services(request).accounts.names(named) if named else {}
    names = {**names, EVERYWHERE: _EVERYWHERE}
    where: dict[str, list[str]] = {}
    for grant in grants:
        place = grant.copropiedad_id
        where.setdefault(OFFICES[grant.office], []).append(own_name(names.get(place, place)))
    return [f"{office}: {', '.join(places)}" for office, places in where.items()]
