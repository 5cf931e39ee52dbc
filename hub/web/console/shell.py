"""What all pages of the console have: sections, who is signed in, the search, and what was just done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Struct

from hub.model import Scope
from hub.rendering import labels_es
from hub.web.auth.caller import caller_of
from hub.web.auth.session_cookie import SESSION
from hub.web.console.pages import page
from hub.web.services import services

DONE: Final = "done"
"""The parameter that says what the page before has done: a word of `DONE_ES`, never free text."""
DONE_ES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "resent": "Los mensajes salen otra vez.",
        "cancelled": "Se canceló.",
        "acknowledged": "El plazo quedó asumido.",
        "paused": "El canal quedó en pausa.",
        "resumed": "El canal sigue.",
    }
)
_KEY: Final = "Llave del hub"


class Section(Struct, frozen=True, kw_only=True):
    """A section of the console: who may see it has one of the scopes."""

    path: str
    label: str
    needs: frozenset[Scope]


_READ: Final = frozenset({Scope.READ})
SECTIONS: Final = (
    Section(path="/", label="Ahora", needs=_READ),
    Section(path="/messages", label="Mensajes", needs=_READ),
    Section(path="/cases", label="Casos", needs=_READ),
)
"""In the order of the navigation."""


def console_page(
    template: str, request: web.Request, *, here: str, status: int = 200, **values: Any
) -> web.Response:
    """Respond with a page of the console; `here` is the path of its section."""
    session, mode = request.get(SESSION), services(request).settings.mode
    account = session.account if session is not None else None
    made = page(
        template,
        request,
        here=here,
        sections=[section for section in SECTIONS if caller_of(request).may(section.needs)],
        who=account.display_name if account else _KEY,
        has_account=account is not None,
        has_inbox=account is not None and account.person is not None,
        csrf=session.csrf if session is not None else "",
        mode=mode,
        mode_words=labels_es.MODES[mode],
        done=DONE_ES.get(request.query.get(DONE, ""), ""),
        **values,
    )
    made.set_status(status)
    return made


def with_query(request: web.Request, **changes: str | None) -> str:
    """Return the path of this page with its query changed; None takes a parameter out."""
    query = {name: value for name, value in request.query.items() if name not in {DONE, *changes}}
    query |= {name: value for name, value in changes.items() if value is not None}
    return f"{request.path}?{urlencode(query)}" if query else request.path
