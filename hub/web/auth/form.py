"""The fields of a form of our own pages, read once: the door looks at them before the handler does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from hub.web.bodies import FORM, body_of, read_form
from hub.web.responses import Refusal

WITHIN: Final = 10.0
"""Seconds in which a form must be there: whoever sends no more of it keeps nobody waiting."""
_FIELDS: Final = web.RequestKey("fields", Mapping[str, str])


async def fields_of(request: web.Request, *, within: float = WITHIN) -> Mapping[str, str]:
    """Answer them, of no body none; raises Refusal for what is no form, is too large or does not come."""
    if not request.body_exists:
        return {}
    if _FIELDS not in request:
        try:
            async with asyncio.timeout(within):
                body = await body_of(request, FORM)
        except (TimeoutError, ConnectionResetError):
            # Nobody reads this who has gone away; without it each of them would be a failure in the log.
            raise Refusal(408, "The form did not come.", "Send it at once.") from None
        request[_FIELDS] = dict(read_form(body))
    return request[_FIELDS]
