"""What all responses share: JSON, one shape of error, the security headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec
import structlog
from aiohttp import hdrs, web

from hub.errors import (
    BeyondOwnRights,
    HubError,
    InvalidAccount,
    InvalidAudience,
    InvalidEvent,
    InvalidFilter,
    InvalidGuide,
    InvalidKey,
    InvalidPeriod,
    InvalidPreference,
    InvalidSubscription,
    KeptByDuty,
    LastAdministrator,
    NameTaken,
    NothingChosen,
    NothingToAcknowledge,
    NothingToPrint,
    StorageRefused,
    TooLarge,
    TooLate,
    Unavailable,
    UnknownAccount,
    UnknownKey,
    UnknownName,
    UnknownSubscription,
    VersionJump,
)
from hub.model import Json
from hub.operations.indicators import MOST
from hub.web.services import access

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

RETRY_AFTER: Final = "5"  # seconds
JSON: Final = "application/json"
PDF: Final = "application/pdf"
PROBLEM_TYPE: Final = "application/problem+json"
_CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it browsers send the origin "null" with our own forms.
    "Referrer-Policy": "same-origin",
    # The page asks for none of these, so that no script could.
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Nothing of the hub is for a search engine; addresses that mails have got hold a token.
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    hdrs.CACHE_CONTROL: "no-store",
    hdrs.SERVER: "hub",
}
AS_FILE: Final = 'attachment; filename="api.json"'
"""What a browser makes of data that somebody lures it to: a file, and never a page of the hub."""
HSTS: Final = f"max-age={365 * 24 * 3600}"
"""A year. Not for subdomains: the company's other hosts are its own affair."""

_FAILED: Final = ("The hub failed at this request.", "The hub's log has the reason.")
_NO_HTTP: Final = ("The request cannot be read.", "Send HTTP/1.1.")
_log = structlog.get_logger()


@dataclass(eq=False)
class Refusal(Exception):
    """
    An error response: what is wrong, and what to do about it.

    With `problem` the body also has the members of RFC 9457.
    """

    status: int
    error: str
    hint: str
    _: KW_ONLY
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Json] = field(default_factory=dict)
    problem: bool = False
    reason: str = ""
    """Why, in a word: for a count of what is refused."""


def json_answer(value: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Respond with JSON: instants as RFC 3339, ids as plain UUIDs."""
    return web.Response(body=msgspec.json.encode(value), status=status, content_type=JSON, headers=headers)


def pdf_answer(content: bytes, name: str) -> web.Response:
    """Respond with a PDF as a file, which no browser opens in place."""
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type=PDF, headers=headers)


def all_of(items: Sequence[Json]) -> web.Response:
    """Respond with a list that has no further page."""
    return json_answer({"items": items, "next": None})


def unseen(status: int) -> web.Response:
    """Answer what no middleware sees: what is no HTTP, and a fault of the middlewares themselves."""
    answer = _answer(Refusal(status, *(_FAILED if status >= 500 else _NO_HTTP)))
    answer.headers.update(HEADERS)
    return answer


@web.middleware
async def secure_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Forbid framing, content sniffing, caching and foreign scripts on every response."""
    response = await handler(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/") and response.content_type in {JSON, PROBLEM_TYPE}:
        response.headers[hdrs.CONTENT_DISPOSITION] = AS_FILE
    if access(request).settings.public_url.startswith("https:"):
        response.headers[hdrs.STRICT_TRANSPORT_SECURITY] = HSTS
    return response


@web.middleware
async def explain_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into the one shape of error."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return _answer(refusal)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _answer(_from_http(error))
    except HubError as error:
        return _answer(refusal_of(error))
    except Exception as error:  # noqa: BLE001 - the last handler before the network; it logs the whole error
        if isinstance(error, ConnectionResetError) and request.transport is None:
            # The client has gone, or was too slow and was cut off: nobody reads the answer.
            return _answer(Refusal(408, "The request did not come whole.", "Send it at once."))
        _log.exception("request.failed", method=request.method, route=route_of(request))
        return _answer(Refusal(500, *_FAILED))


def route_of(request: web.Request) -> str:
    """Return the route's pattern, not the path: the path may contain a reference to a person."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


def _answer(refusal: Refusal) -> web.Response:
    members: dict[str, Any] = {"error": refusal.error, "hint": refusal.hint, **refusal.more}
    if refusal.problem:
        members = {
            "type": "about:blank",
            "title": HTTPStatus(refusal.status).phrase,
            "status": refusal.status,
            "detail": refusal.error,
            **members,
        }
    answer = json_answer(members, status=refusal.status, headers=refusal.headers)
    if refusal.problem:
        answer.content_type = PROBLEM_TYPE
    return answer


_HTTP_HINTS: Final[Mapping[int, str]] = {
    404: "GET /openapi.json lists what there is.",
    405: "GET /openapi.json lists the methods of each path.",
    413: "Send smaller or fewer events at a time.",
}


def _from_http(error: web.HTTPException) -> Refusal:
    # aiohttp's headers describe its text body; only Allow also applies to our JSON.
    kept: dict[str, str] = {hdrs.ALLOW: error.headers[hdrs.ALLOW]} if hdrs.ALLOW in error.headers else {}
    return Refusal(error.status, f"{error.reason}.", _HTTP_HINTS.get(error.status, ""), headers=kept)


_REFUSED: Final = (400, "A value is refused: {error}", "Correct the request; the same one fails again.")
_FROM_HUB: Final[Mapping[type[HubError], tuple[int, str, str]]] = {
    Unavailable: (503, "{error}", "Try again in some seconds; `hub check` shows more."),
    UnknownAccount: (404, "There is no account of this name.", "GET /api/accounts lists them."),
    UnknownKey: (404, "There is no live key of this name.", "GET /api/keys lists the keys."),
    UnknownSubscription: (404, "{error}.", "GET /api/results lists the subscriptions."),
    KeptByDuty: (409, "{error}", "POST /api/people/{{ref}}/erase with dry_run says which duty."),
    UnknownName: (404, "{error}.", "GET /api/channels lists the channels, /asyncapi.json the events."),
    BeyondOwnRights: (403, "{error}", "Ask who may do more, or use HUB_API_KEY or the hub's command line."),
    LastAdministrator: (409, "{error}", "POST /api/accounts/{name}/grant gives offices."),
    NameTaken: (409, "A live key has this name.", "Rotate it, revoke it, or choose another name."),
    NothingChosen: (404, "{error}", "POST /api/bulk with dry_run shows what a filter finds."),
    NothingToPrint: (404, "{error}", "GET /api/letters/buildings shows where letters are open."),
    TooLate: (409, "{error}", "GET /api/letters/batches shows how far each batch has come."),
    NothingToAcknowledge: (409, "{error}", "GET /api/clocks shows where each promise stands."),
    VersionJump: (
        409,
        "{error}.",
        "Count on from the version in force; GET /api/people/{{ref}} shows a person's.",
    ),
    TooLarge: (413, "{error}", "Ask for less at a time."),
    InvalidFilter: (400, "{error}.", "POST /api/bulk with dry_run shows what a filter finds."),
    InvalidPeriod: (400, "{error}", f"Ask for up to {MOST} days, in order."),
    **dict.fromkeys(
        (
            *(StorageRefused, InvalidAccount, InvalidAudience, InvalidEvent, InvalidGuide, InvalidKey),
            *(InvalidPreference, InvalidSubscription),
        ),
        _REFUSED,
    ),
}
"""Error → status, text, hint. The first class in the error's own order of resolution counts."""


def refusal_of(error: HubError) -> Refusal:
    """Return what an error of the hub's own means to a caller."""
    for kind in type(error).__mro__:
        if kind in _FROM_HUB:
            status, text, hint = _FROM_HUB[kind]
            headers: dict[str, str] = {hdrs.RETRY_AFTER: RETRY_AFTER} if status == 503 else {}
            return Refusal(status, text.format(error=error), hint, headers=headers)
    _log.error("request.failed", error=type(error).__name__)
    return Refusal(500, *_FAILED)
