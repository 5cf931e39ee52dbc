"""
"¿Es de verdad?": the page on which anybody checks by its code whether a message is ours, without signing in.

It tells nothing of a person. A GET changes nothing: only the button reports that somebody does not recognise
the message. All codes of no message that has left have one answer, also words that are no code at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NoReturn

from aiohttp import hdrs, web
from prometheus_client import Counter

from hub.access.genuine_codes import FORM, PATH, tidy
from hub.access.lockout import network_of
from hub.operations.genuine import LONGEST, GenuineAnswer, check_code, report_code
from hub.rendering.filters import fecha_hora
from hub.rendering.labels_es import AREAS, CARRIERS
from hub.web.auth.client_address import client_address
from hub.web.auth.csrf import require_own_page
from hub.web.bodies import fields_of
from hub.web.console.pages import plain, redirect
from hub.web.responses import Refusal
from hub.web.services import services

__all__ = ["FORM", "PATH", "ask", "report", "show"]

_PAGE: Final = "genuine.html"
_FIELD: Final = "codigo"
_UNKNOWN: Final = "unknown"
_WHAT: Final = {
    "sms": "Un mensaje de texto (SMS)",
    "whatsapp": "Un mensaje de WhatsApp",
    "print": "Una carta",
}

_CHECKS: Final = Counter(
    "hub_genuine_checks",
    "Codes of messages that somebody has checked: genuine, recalled, unknown, refused, reported.",
    ["answer"],
)


async def ask(request: web.Request) -> web.StreamResponse:
    """Ask for a code, or lead to its page."""
    given = request.query.get(_FIELD)
    if given is None:
        return _page(request, "form", ())
    # Words that are no code are not repeated in an address.
    return redirect(PATH.format(code=tidy(given) or "-"))


async def show(request: web.Request) -> web.Response:
    """Show the answer of a message's code. Changes nothing."""
    network = _admitted(request)
    deps = services(request)
    found = await check_code(request.match_info["code"], deps=deps.genuine_checks, now=deps.now())
    state = _state(found)
    _CHECKS.labels(answer=state).inc()
    _count_wrong(request, network, found)
    return _page(request, state, found)


async def report(request: web.Request) -> web.Response:
    """Tell staff that somebody does not recognise the message. Safe to repeat."""
    require_own_page(request)
    network = _admitted(request)
    given = await fields_of(request)
    deps = services(request)
    if wait := deps.check_rate.report(network):
        _refuse(wait)
    found = await report_code(
        request.match_info["code"], given.get("comment", ""), deps=deps.genuine_checks, now=deps.now()
    )
    state = "reported" if found else _UNKNOWN
    _CHECKS.labels(answer=state).inc()
    _count_wrong(request, network, found)
    return _page(request, state, found)


def _admitted(request: web.Request) -> str:
    """Return the network of the client. Raises Refusal (429) after too many wrong codes."""
    network = network_of(client_address(request))
    if wait := services(request).check_rate.wait(network):
        _refuse(wait)
    return network


def _count_wrong(request: web.Request, network: str, found: Sequence[GenuineAnswer]) -> None:
    """Count a guess; words that cannot be a code are a slip of the finger, and were looked up nowhere."""
    if not found and tidy(request.match_info["code"]):
        services(request).check_rate.wrong(network)


def _refuse(wait: int) -> NoReturn:
    _CHECKS.labels(answer="refused").inc()
    raise Refusal(
        429,
        "Too many codes were tried from this address.",
        "Wait some minutes and try again.",
        headers={hdrs.RETRY_AFTER: str(wait)},
        reason="too_many",
    )


def _state(found: Sequence[GenuineAnswer]) -> str:
    if not found:
        return _UNKNOWN
    return "recalled" if all(one.recalled_at for one in found) else "genuine"


def _page(request: web.Request, state: str, found: Sequence[GenuineAnswer]) -> web.Response:
    company = services(request).policy.company
    code = tidy(request.match_info.get("code", "")) if found else ""
    return plain(
        _PAGE,
        request,
        # As for a link that the hub did not make: the code is the proof here.
        status=403 if state == _UNKNOWN else 200,
        state=state,
        answers=[_words(one) for one in found],
        code=f"{code[:5]} {code[5:]}",
        here=PATH.format(code=code),
        form=FORM,
        field=_FIELD,
        longest=LONGEST,
        phone=company.phone,
        email=company.email,
    )


def _words(answer: GenuineAnswer) -> dict[str, Any]:
    return {
        "carrier": CARRIERS[answer.channel],
        "what": _WHAT[answer.channel],
        "sent": fecha_hora(answer.sent_at),
        "building": answer.building,
        "area": AREAS.get(answer.area, ""),
        "recalled": fecha_hora(answer.recalled_at) if answer.recalled_at else "",
    }
