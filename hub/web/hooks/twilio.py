"""Delivery reports and replies from Twilio. Its signature authenticates the call, instead of an API key."""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web

from hub.access.webhook_signatures import is_body_of_twilio, is_from_twilio
from hub.channels.registry import CALLBACKS, INBOUND
from hub.channels.sms.inbound import Unreadable
from hub.channels.sms.twilio_reports import read_reply, read_report
from hub.inbound.process_receipt import take
from hub.model.ids import uuid_in
from hub.web.bodies import FORM, Form, body_of, read_form, read_json, required
from hub.web.responses import JSON, Refusal
from hub.web.services import services

SIGNATURE: Final = "X-Twilio-Signature"

log = structlog.get_logger()


async def twilio(request: web.Request) -> web.Response:
    """Process the report of a text message: delivered, read, or lost. Safe to repeat."""
    form = dict(await _signed(request, CALLBACKS))
    message_id = required(uuid_in(request.query.get("message", "")))
    deps, receipt = services(request), read_report(message_id, form)
    if receipt and not await take(receipt, store=deps.hooks.receipts, at=deps.now()):
        raise web.HTTPNotFound
    return web.Response(status=204)


async def twilio_inbound(request: web.Request) -> web.Response:
    """Process a reply. Safe to repeat."""
    fields = dict(await _signed(request, INBOUND))
    try:
        reply = read_reply(fields, services(request).now())
    except Unreadable as exc:
        log.warning("webhook.unreadable", provider="twilio", reason=str(exc))
        raise Refusal(400, f"The call cannot be read: {exc}.", "Send what Twilio sends.") from None
    await services(request).hooks.take_reply(reply)
    return web.Response(status=204)


async def _signed(request: web.Request, path: str) -> Form:
    """Return the fields that Twilio posts. Raises Refusal (403) unless Twilio signed them."""
    tokens = services(request).hooks.twilio_tokens
    if not tokens:
        raise web.HTTPNotFound
    is_json = request.content_type == JSON
    body = await body_of(request, JSON if is_json else FORM)
    form = () if is_json else read_form(body)
    url = _address(request, path)
    given = request.headers.get(SIGNATURE, "")
    is_theirs = is_from_twilio(given, tokens=tokens, url=url, form=form)
    if not is_theirs or (is_json and not is_body_of_twilio(url, body)):
        log.warning("receipt.refused", provider="twilio", reason="signature")
        raise Refusal(
            403,
            "The signature is not right.",
            "HUB_PUBLIC_URL is the address that is signed.",
            reason="signature",
        )
    return _pairs(body) if is_json else form


def _pairs(body: bytes) -> Form:
    fields = read_json(body)
    if not isinstance(fields, dict):
        raise Refusal(400, "The body is no JSON object.", "Send the fields of a form, by their names.")
    return [(name, value) for name, value in fields.items() if isinstance(value, str)]


def _address(request: web.Request, path: str) -> str:
    """Return the URL that Twilio signed, which a proxy's changes to host, scheme and path do not affect."""
    query = request.rel_url.raw_query_string
    return f"{services(request).settings.public_url}{path}{'?' if query else ''}{query}"
