"""Responses and their shared parts: JSON, one shape of error (RFC 9457), the next page, security headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, Final, TypeAlias
from uuid import uuid4

import msgspec
import structlog
from aiohttp import hdrs, web

from hub import errors
from hub.doors.act import File
from hub.errors import HubError, InvalidCursor, ScopeNeeded
from hub.model import Json
from hub.sla.indicator_rows import MOST
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
_SANDBOX: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
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
"""A browser that is lured to data saves them as a file, and never shows a page of the hub."""
HSTS: Final = f"max-age={365 * 24 * 3600}"
"""A year. Not for subdomains: the company's other hosts are its own affair."""

_FAILED: Final = ("The hub failed at this request.", "The hub's log has the reason.")
_NO_HTTP: Final = ("The request cannot be read.", "Send HTTP/1.1.")
QUOTA: Final = web.RequestKey("quota", Mapping[str, str])
"""The headers of a response about the rate limit of its caller, which `hub.web.rate_limit` sets."""
_NEXT: Final = "next"
_CURSOR: Final = web.ResponseKey("next", str)
_INSTANCE: Final = web.ResponseKey("instance", str)
_log = structlog.get_logger()


@dataclass(eq=False)
class Refusal(Exception):
    """An error response: the fault and its remedy; `errors` name each part that is wrong."""

    status: int
    error: str
    hint: str
    _: KW_ONLY
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Json] = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()
    reason: str = ""
    """The reason, in a word, for the count of refusals."""


def json_answer(value: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Respond with JSON: instants as RFC 3339, ids as plain UUIDs. The `next` of a page is also a link."""
    body = msgspec.json.encode(value)
    answer = web.Response(body=body, status=status, content_type=JSON, headers=headers)
    following = value.get(_NEXT) if isinstance(value, Mapping) else getattr(value, _NEXT, None)
    if isinstance(following, str):
        answer[_CURSOR] = following
    return answer


def pdf_answer(content: bytes, name: str) -> web.Response:
    return file_answer(File(content, name, PDF))


def file_answer(file: File) -> web.Response:
    """Respond with a file, which no browser opens in place or runs. Its name is ASCII, without quotes."""
    disposition = f'attachment; filename="{file.name}"'
    headers = {hdrs.CONTENT_DISPOSITION: disposition, **_SANDBOX}
    return web.Response(body=file.content, content_type=file.kind, headers=headers)


def unseen(status: int) -> web.Response:
    """Answer where no middleware does: to bytes that are no HTTP, and to a fault of a middleware itself."""
    answer = problem(Refusal(status, *(_FAILED if status >= 500 else _NO_HTTP)))
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
    response.headers.update(request.get(QUOTA, {}))
    if _CURSOR in response and request.method == hdrs.METH_GET:
        response.headers[hdrs.LINK] = _next_link(request, response[_CURSOR])
    if access(request).settings.public_url.startswith("https:"):
        response.headers[hdrs.STRICT_TRANSPORT_SECURITY] = HSTS
    return response


def _next_link(request: web.Request, after: str) -> str:
    """Point to the next page (RFC 8288), relative to the address that was asked for."""
    following = request.rel_url.update_query(after=after)
    return f'<{following.raw_path_qs}>; rel="next"'


@web.middleware
async def explain_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into the one shape of error."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return problem(refusal)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return problem(_from_http(error))
    except HubError as error:
        return problem(refusal_of(error))
    except Exception as error:  # noqa: BLE001 - the last handler before the network; it logs the whole error
        if isinstance(error, ConnectionResetError) and request.transport is None:
            # The client has gone, or was too slow and was cut off: nobody reads the answer.
            return problem(Refusal(408, "The request did not come whole.", "Send it at once."))
        answer = problem(Refusal(500, *_FAILED))
        fields = {"route": route_of(request), "instance": answer[_INSTANCE]}
        _log.exception("request.failed", method=request.method, **fields)
        return answer


def route_of(request: web.Request) -> str:
    """Return the route's pattern, not the path: the path may contain a reference to a person."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


def problem(refusal: Refusal) -> web.Response:
    """
    Respond with an error as RFC 9457 has it.

    `error` says the same as `detail`: callers from before know it under this name. `instance` names this one
    failure; the log of a fault has it, too.
    """
    instance = uuid4().urn
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.error,
        "instance": instance,
        "error": refusal.error,
        "hint": refusal.hint,
        **({"errors": refusal.errors} if refusal.errors else {}),
        **refusal.more,
    }
    body = msgspec.json.encode(members)
    answer = web.Response(
        body=body, status=refusal.status, content_type=PROBLEM_TYPE, headers=refusal.headers
    )
    answer[_INSTANCE] = instance
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


def _halves(error: type[HubError]) -> tuple[str, str]:
    """Return the fault and the remedy of an error whose docstring has both."""
    what, _, instead = cleandoc(error.__doc__ or "").partition("\n\n")
    return what, instead


_INVALID: Final = (
    errors.InvalidSheet,
    errors.StorageRefused,
    errors.InvalidAccount,
    errors.InvalidAudience,
    errors.InvalidEntry,
    errors.InvalidEvent,
    errors.InvalidDocument,
    errors.InvalidGuide,
    errors.InvalidKey,
    errors.InvalidPreference,
    errors.InvalidSubscription,
)
_REFUSED: Final = (400, "A value is refused: {error}", "Correct the request; the same one fails again.")
_WHO_WAS_NOTIFIED: Final = "GET /api/messages shows who was notified."
_FROM_HUB: Final[Mapping[type[HubError], tuple[int, str, str]]] = {
    errors.Unavailable: (503, "{error}", "Try again in some seconds; `hub check` shows more."),
    errors.NoSecret: (503, "{error}", "`hub check` shows what else needs it."),
    errors.NoSuch: (404, "{error}", "The list shows the ids that there are."),
    errors.UnknownAccount: (404, "There is no account of this name.", "GET /api/accounts lists them."),
    errors.UnknownCode: (
        404,
        "{error}",
        "Ask for all ten signs; if they are right, the message is not from us.",
    ),
    errors.UnknownKey: (404, "There is no live key of this name.", "GET /api/keys lists the keys."),
    errors.UnknownSubscription: (404, "{error}.", "GET /api/results lists the subscriptions."),
    errors.KeptElsewhere: (409, "{error}", "POST /api/people/{ref}/rectify opens the claim."),
    errors.ChangedMeanwhile: (409, "{error}", "GET /api/people/{ref} shows it."),
    errors.KeptByDuty: (409, "{error}", "POST /api/people/{ref}/erase with dry_run says which duty."),
    errors.UnknownName: (404, "{error}.", "GET /api/channels lists the channels, /asyncapi.json the events."),
    errors.BeyondOwnRights: (
        403,
        "{error}",
        "Ask who may do more, or use HUB_API_KEY or the hub's command line.",
    ),
    errors.LastAdministrator: (409, "{error}", "POST /api/accounts/{name}/grant gives offices."),
    errors.NameTaken: (409, "A live key has this name.", "Rotate it, revoke it, or choose another name."),
    errors.NotExplained: (404, "{error}", _WHO_WAS_NOTIFIED),
    errors.SeveralEvents: (400, "{error}", _WHO_WAS_NOTIFIED),
    errors.NothingChosen: (404, "{error}", "POST /api/bulk with dry_run shows what a filter finds."),
    errors.NothingToPrint: (404, "{error}", "GET /api/letters/buildings shows where letters are open."),
    errors.ChangedPlan: (409, "{error}", "POST /api/bulk with dry_run shows what a filter finds."),
    errors.ChangedDraft: (
        409,
        "{error}",
        "GET /api/communications/{id} shows it, POST …/plan plans it anew.",
    ),
    errors.NotConfirmed: (409, "{error}", "It is the name of the copropiedad, or how many there are."),
    errors.NoRelease: (
        409,
        "{error}",
        "GET /api/approvals lists what waits, and whether a senior has to decide.",
    ),
    errors.OtherState: (409, "{error}", "GET /api/communications/{id} shows its state."),
    errors.MessageSettled: (409, "{error}.", "GET /api/messages/{id} shows how far it has come."),
    errors.TooLate: (409, "{error}", "GET /api/letters/batches shows how far each batch has come."),
    errors.OlderList: (409, "{error}", "GET /api/exclusions shows which."),
    errors.PrivacyNeeded: (403, "{error}", "Leave `whole` out."),
    errors.ScopeNeeded: (403, "{error}", ""),
    errors.NotRestored: (409, *_halves(errors.NotRestored)),
    errors.ChannelClosed: (
        409,
        "{error}",
        "Leave `channel` out: it goes by one that is open, if there is any.",
    ),
    errors.AnswerDue: (409, *_halves(errors.AnswerDue)),
    errors.HeldByAnother: (409, "{error}", "GET /api/cases and GET /api/replies show who has each."),
    errors.SeveralCases: (409, "Several cases have this number.", "GET /api/cases/{key} lists their keys."),
    errors.NotOffered: (409, "{error}", "GET /asyncapi.json shows what each kind of case has."),
    errors.NothingToAcknowledge: (409, "{error}", "GET /api/clocks shows where each promise stands."),
    errors.VersionJump: (
        409,
        "{error}.",
        "Count on from the version in force; GET /api/people/{ref} shows a person's.",
    ),
    errors.TooLarge: (413, "{error}", "Ask for less at a time."),
    errors.InvalidFilter: (400, "{error}.", "POST /api/bulk with dry_run shows what a filter finds."),
    errors.InvalidCursor: (400, "{error}", "Take `next` of the page before, or leave `after` out."),
    errors.InvalidQuery: (400, "{error}", "GET /openapi.json shows what fits."),
    errors.InvalidPeriod: (400, "{error}", f"Ask for up to {MOST} days, in order."),
    **dict.fromkeys(_INVALID, _REFUSED),
}
"""Error → status, text, hint. The first class in the error's own order of resolution counts."""


def refusal_of(error: HubError) -> Refusal:
    """Return the refusal of a caller for an error of the hub's own."""
    for kind in type(error).__mro__:
        if kind in _FROM_HUB:
            status, text, hint = _FROM_HUB[kind]
            headers: dict[str, str] = {hdrs.RETRY_AFTER: RETRY_AFTER} if status == 503 else {}
            said = text.format(error=error)
            if isinstance(error, ScopeNeeded):
                return Refusal(status, said, error.instead, reason="scope")
            return Refusal(status, said, hint, headers=headers, errors=_errors_of(error))
    _log.error("request.failed", error=type(error).__name__)
    return Refusal(500, *_FAILED)


def status_of(error: type[HubError]) -> int:
    """Return the status of the answer to this error."""
    return next(_FROM_HUB[kind][0] for kind in error.__mro__ if kind in _FROM_HUB)


def _errors_of(error: HubError) -> Sequence[Mapping[str, str]]:
    """Return which part of the body is wrong, where the error knows it."""
    if isinstance(error, InvalidCursor):
        return [{"detail": str(error), "parameter": "after"}]
    # The only event whose error comes up to here is an entry of the directory: its body is the event's data.
    where = str(getattr(error, "field", None) or "").removeprefix("data.")
    return [{"detail": str(error), "pointer": pointer(where)}] if where else ()


def pointer(path: str) -> str:
    """Return the JSON pointer (RFC 6901) of a path like `grants[0].office`."""
    steps = path.replace("[", ".").replace("]", "").split(".")
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps if step)
