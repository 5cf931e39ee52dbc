"""
The webhook that Meta calls for WhatsApp: statuses and replies.

The hub answers 200 to every signed call, with any content: Meta disables a webhook that answers errors. The
one exception is 503 while one of our servers is down: Meta retries it for days, and a retry is harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import structlog
from aiohttp import web

from hub.access.webhook_signatures import is_from_meta, same
from hub.channels.whatsapp.reports import Keys, read_notice
from hub.channels.whatsapp.verdicts import PROVIDER
from hub.inbound.process_receipt import take
from hub.model import Receipt
from hub.web.responses import Refusal, json_answer
from hub.web.services import Services, services

MAX_BODY: Final = 3 * 1024 * 1024
"""The largest body that Meta sends, in bytes."""
SIGNATURE: Final = "X-Hub-Signature-256"

_CHALLENGE: Final = re.compile(r"[\w.-]{1,200}")

log = structlog.get_logger()


async def verify(request: web.Request) -> web.Response:
    """Echo the challenge with which Meta verifies that the address is ours."""
    words = _keys(request).words
    asked = request.query
    given = asked.get("hub.verify_token", "")
    # Compare with every word, so that the time reveals nothing.
    known = [same(given, word) for word in words]
    challenge = asked.get("hub.challenge", "")
    if asked.get("hub.mode") != "subscribe" or not any(known) or not _CHALLENGE.fullmatch(challenge):
        log.warning("webhook.refused", provider=PROVIDER)
        raise Refusal(
            403, "The word is not right.", "Enter at Meta the ?verify= of HUB_WHATSAPP_URL.", reason="word"
        )
    return web.Response(text=challenge)


async def receive(request: web.Request) -> web.Response:
    """Process statuses and replies. Safe to repeat."""
    secrets = _keys(request).secrets
    body = await request.clone(client_max_size=MAX_BODY).read()
    if not is_from_meta(request.headers.get(SIGNATURE, ""), secrets=secrets, body=body):
        log.warning("receipt.refused", provider=PROVIDER, reason="signature")
        raise Refusal(
            403, "The signature is not right.", "HUB_WHATSAPP_URL has the app's ?secret=.", reason="signature"
        )
    notice = read_notice(body)
    if notice.unreadable:
        log.warning("webhook.unreadable", provider=PROVIDER, count=notice.unreadable)
    deps = services(request)
    await _take_statuses(notice.statuses, deps)
    for reply in notice.replies:
        await deps.hooks.take_reply(reply)
    counts = {"statuses": len(notice.statuses), "replies": len(notice.replies)}
    return json_answer({**counts, "unreadable": notice.unreadable})


def _keys(request: web.Request) -> Keys:
    keys = services(request).hooks.whatsapp
    if not keys.secrets:
        raise web.HTTPNotFound
    return keys


async def _take_statuses(statuses: Iterable[Receipt], deps: Services) -> None:
    for receipt in statuses:
        if receipt.message_id is None and receipt.reference is None:
            log.info("receipt.unknown", provider=PROVIDER, state=receipt.state)
        else:
            await take(receipt, store=deps.hooks.receipts, at=deps.now())
