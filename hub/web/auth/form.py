"""The fields of our own pages' forms, read once: `guard` needs them before the handler does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from hub.web.bodies import FORM, body_of, read_form
from hub.web.responses import Refusal

WITHIN: Final = 10.0
"""Seconds in which the whole form must arrive: a stalled client must not hold the request open."""
_FIELDS: Final = web.RequestKey("fields", Mapping[str, str])


async def fields_of(request: web.Request, *, within: float = WITHIN) -> Mapping[str, str]:
    """Return the fields; {} without a body. Raises Refusal if it is no form (415, 400) or late (408)."""
    if not request.body_exists:
        return {}
    if _FIELDS not in request:
        try:
            async with asyncio.timeout(within):
                body = await body_of(request, FORM)
        except (TimeoutError, ConnectionResetError):
            # A client that disconnected reads no answer, but must not count as a failure in the log.
            raise Refusal(408, "The form did not come.", "Send it at once.") from None
        request[_FIELDS] = dict(read_form(body))
    return request[_FIELDS]
