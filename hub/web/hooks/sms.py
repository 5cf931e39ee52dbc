"""
Delivery receipts and replies from SMS providers with a `?spec=` file (docs/sms-providers.md). Safe to repeat.

The signed address authenticates the call. If, by the file, the provider signs the body, the body's
signature authenticates it instead.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from aiohttp import hdrs, web

from hub.channels.sms.generic_reports import read_reply, read_report
from hub.channels.sms.hooks import Use
from hub.channels.sms.inbound import Unreadable
from hub.channels.sms.spec import Format, Receipts, Replies
from hub.channels.sms.spec_loader import Hook
from hub.inbound.process_receipt import take
from hub.model import Json
from hub.model.ids import uuid_in
from hub.web.bodies import FORM, body_of, read_form, read_json, required
from hub.web.responses import JSON, Refusal
from hub.web.services import services

log = structlog.get_logger()


async def receipt(request: web.Request) -> web.Response:
    """Process a receipt: delivered, read, or lost."""
    hook = _hook(request)
    rules = required(hook.spec.receipts)
    body = await _body(request, rules.format)
    message_id = _authenticate(request, hook, rules, body, Use.RECEIPTS)
    try:
        report = read_report(hook.spec, rules, _fields(request, rules.format, body), message_id)
    except Unreadable as exc:
        raise _malformed(hook, exc) from None
    deps = services(request)
    if report and not await take(report, store=deps.hooks.receipts, at=deps.now()):
        raise web.HTTPNotFound
    return web.Response(status=204)


async def reply(request: web.Request) -> web.Response:
    """Process a reply."""
    deps, hook = services(request), _hook(request)
    rules = required(hook.spec.replies)
    body = await _body(request, rules.format)
    _authenticate(request, hook, rules, body, Use.REPLIES)
    try:
        read = read_reply(hook.spec, rules, _fields(request, rules.format, body), deps.now())
    except Unreadable as exc:
        raise _malformed(hook, exc) from None
    await deps.hooks.take_reply(read)
    return web.Response(status=204)


def _hook(request: web.Request) -> Hook:
    return required(services(request).hooks.sms.get(request.match_info["name"]))


async def _body(request: web.Request, form: Format) -> bytes:
    if form is Format.QUERY:
        return b""
    if request.method == hdrs.METH_GET:
        raise web.HTTPMethodNotAllowed(request.method, [hdrs.METH_POST])
    return await body_of(request, JSON if form is Format.JSON else FORM)


def _fields(request: web.Request, form: Format, body: bytes) -> Json:
    match form:
        case Format.QUERY:
            return dict(request.query)
        case Format.FORM:
            return dict(read_form(body))
        case Format.JSON:
            return read_json(body)


def _authenticate(
    request: web.Request, hook: Hook, rules: Receipts | Replies, body: bytes, use: Use
) -> UUID | None:
    """Raise Refusal (403) without a valid signature. Return the message id in the address, if signed."""
    name, query, addresses = hook.spec.name, request.query, services(request).hooks.sms_addresses
    message_id = uuid_in(query.get("message", "")) if use is Use.RECEIPTS else None
    if message_id and not addresses.signs_message(query.get("sig", ""), name, message_id):
        message_id = None
    hmac = rules.signature
    if hmac is not None:
        is_signed = hook.is_signed(hmac, request.headers.get(hmac.header, ""), body)
    else:
        is_signed = message_id is not None or addresses.signs_fixed(query.get("key", ""), name, use)
    if not is_signed:
        log.warning("webhook.refused", provider=name, use=use, reason="signature")
        raise Refusal(
            403,
            "The signature is not right.",
            "`hub secrets hooks` shows the addresses to enter.",
            reason="signature",
        )
    return message_id


def _malformed(hook: Hook, exc: Unreadable) -> Refusal:
    log.warning("webhook.unreadable", provider=hook.spec.name, reason=str(exc))
    return Refusal(400, f"The call cannot be read: {exc}.", "It does not fit the provider's ?spec= file.")
