"""Refusals: counted, logged with the client's address, and beyond some wrong guesses answered alike."""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import hdrs, web
from prometheus_client import Counter

from hub.access import audit
from hub.access.document_tokens import PATH as DOCUMENT_PATH
from hub.access.genuine_codes import PATH as GENUINE_PATH
from hub.access.lockout import network_of
from hub.access.poster_links import PATH as POSTER_PATH
from hub.access.resident_links import CODE_PATH
from hub.access.resident_links import PATH as RESIDENT_PATH
from hub.access.survey_links import PATH as SURVEY_PATH
from hub.inbound.unsubscribe import PATH as UNSUBSCRIBE_PATH
from hub.sla.ack_links import PATH as ACK_PATH
from hub.web.auth.client_address import client_address
from hub.web.auth.session_cookie import cookie_name, dropped
from hub.web.encodings import ENCODED
from hub.web.responses import Handler, Refusal, route_of
from hub.web.route import row_of
from hub.web.services import access

METRIC: Final = "hub_refusals_total"
REASON: Final = web.RequestKey("reason", str)
"""The reason of a handler that refuses with a page of its own."""
SESSION_REASON: Final = "session"
"""The reason of a cookie that opens no session."""
NO_REFUSAL: Final = "none"
"""The reason of a page that answers 401 and refuses nothing: the form to sign in."""
NO_CREDENTIALS: Final = "no_credentials"
_REASONS: Final = {401: NO_CREDENTIALS, 403: "forbidden", 415: NO_REFUSAL, 429: "too_many"}
"""Status → reason, where a handler gives no better one. A body of another type is a slip."""
_FOR_PROGRAMS: Final = ("/api/", "/metrics", "/openapi", "/asyncapi", "/health")
_GUESSES: Final = frozenset({"key", "signature", "link", "word", SESSION_REASON})
"""Reasons for which the client may be guessing a secret."""

_REFUSED: Final = Counter(
    "hub_refusals", "Requests that were refused, by door and reason.", ["door", "reason"]
)

log = structlog.get_logger()


@web.middleware
async def count_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """
    Count and log refusals. Raises Refusal (429) for an address with too many wrong guesses.

    A right key or signature passes from any address: behind a proxy that is not trusted, and in an office,
    the innocent share an address with an attacker.
    """
    audit.ADDRESS.set(client_address(request) or None)
    try:
        answer = await handler(request)
    except Refusal as refusal:
        _count(request, refusal.status, refusal.reason)
        raise
    _count(request, answer.status, request.get(REASON, ""))
    return answer


def _count(request: web.Request, status: int, said: str) -> None:
    reason = said or _REASONS.get(status, "")
    if status not in _REASONS or reason == NO_REFUSAL:
        return
    refusals, network, door = access(request).refusals, network_of(client_address(request)), _door(request)
    _REFUSED.labels(door=door, reason=reason).inc()
    if times := refusals.to_log(network, door, reason):
        # `client`, not `address`: that of a person is masked in the log.
        client = client_address(request)
        log.warning("request.refused", door=door, reason=reason, status=status, client=client, times=times)
    if reason in _GUESSES:
        _slow(request, network, reason)
    elif reason == ENCODED and (wait := refusals.encoded(network)):
        raise _too_many_encoded(wait)


def _slow(request: web.Request, network: str, reason: str) -> None:
    refusals = access(request).refusals
    headers: dict[str, str] = {}
    if reason == SESSION_REASON:
        wait = refusals.guessed_cookie(network, request.cookies.get(cookie_name(request), ""))
        # An honest browser among those that guess comes back without it, and gets the form.
        headers[hdrs.SET_COOKIE] = dropped(request)
    else:
        wait = refusals.guessed(network)
    if wait:
        raise Refusal(
            429,
            "Too many wrong keys or signatures from this address.",
            "The right one is accepted at any time; wait before you try another.",
            headers={**headers, hdrs.RETRY_AFTER: str(wait)},
        ) from None


def _too_many_encoded(wait: int) -> Refusal:
    return Refusal(
        429,
        "Too many encoded bodies from this address.",
        "Send bodies as they are, without `Content-Encoding`: they are accepted at any time.",
        headers={hdrs.RETRY_AFTER: str(wait)},
    )


def _door(request: web.Request) -> str:
    route = route_of(request)
    if route.startswith("/hooks/"):
        return "hook"
    if route in {
        ACK_PATH,
        CODE_PATH,
        DOCUMENT_PATH,
        GENUINE_PATH,
        POSTER_PATH,
        RESIDENT_PATH,
        SURVEY_PATH,
        UNSUBSCRIBE_PATH,
    }:
        return "link"
    return "page" if row_of(request) is not None and not route.startswith(_FOR_PROGRAMS) else "api"
