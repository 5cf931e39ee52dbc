"""What providers report. Their signature is what lets them in, in place of the API key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from aiohttp import web

from hub.channels.registry import CALLBACKS
from hub.channels.sms.twilio_reports import read_report
from hub.receipts import take
from hub.signatures import is_from_twilio
from hub.web.answers import Refusal
from hub.web.keys import PUBLIC_URL, RECEIPTS, TWILIO_TOKENS

MAX_BODY: Final = 64 * 1024
MAX_FIELDS: Final = 200
SIGNATURE: Final = "X-Twilio-Signature"

_Form = Sequence[tuple[str, str]]

log = structlog.get_logger()


async def twilio(request: web.Request) -> web.Response:
    """Take a report of a text message: delivered, read, or lost. Safe to repeat."""
    tokens = request.app[TWILIO_TOKENS]
    if not tokens:
        raise web.HTTPNotFound
    form = await _form(request)
    if not is_from_twilio(
        request.headers.get(SIGNATURE, ""), tokens=tokens, url=_address(request), form=form
    ):
        log.warning("receipt.refused", provider="twilio", reason="signature")
        raise Refusal(403, "The signature is not right.", "HUB_PUBLIC_URL is the address that is signed.")
    receipt = read_report(_message_id(request), dict(form))
    if receipt and not await take(receipt, store=request.app[RECEIPTS], at=datetime.now(UTC)):
        raise web.HTTPNotFound
    return web.Response(status=204)


async def _form(request: web.Request) -> _Form:
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refusal(415, "Reports are forms.", "Send `application/x-www-form-urlencoded`.")
    body = await request.clone(client_max_size=MAX_BODY).read()
    try:
        # Strictly: with characters replaced, something else would be verified than what was signed.
        return parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise Refusal(400, "The body is not a form.", "Send it percent-encoded, in UTF-8.") from None


def _address(request: web.Request) -> str:
    """Make the URL that Twilio was given: what a proxy makes of host, scheme and path is no matter."""
    return f"{request.app[PUBLIC_URL]}{CALLBACKS}?{request.rel_url.raw_query_string}"


def _message_id(request: web.Request) -> UUID:
    try:
        return UUID(request.query.get("message", ""))
    except ValueError:
        raise web.HTTPNotFound from None
