"""The parts of the route table: a route, the scopes that open it, responses that many routes share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from hub.doors.act import ADMIN, OPERATE, PRIVACY, READ, Where
from hub.model import Scope
from hub.web.requests import ApiHandler
from hub.web.responses import route_of


@dataclass(frozen=True, slots=True)
class Route:
    """
    A caller must have one of the scopes in `needs`; with None the route needs no key.

    Without `where` the route refuses a caller who does not reach everywhere; a test requires `where`.
    `answers` maps a status to the shape of its body, without the errors that follow from the rest of the row.
    A route without `answers` is not part of the API; the handler's docstring is its summary there. `body` is
    the shape of a body that the handler reads by itself. With `head` a `HEAD`, which checkers of links send,
    is answered as the `GET` is; else it is refused. With `form` the body comes from a form of our own page,
    with the session's CSRF token; every other body is JSON. With `upload` that form has a file, of so many
    bytes at most. `live` are the topics of `hub.web.live`, with a space between them, after whose change the
    page loads itself again; a page whose making is audited has none, or each change would be noted as a look.
    """

    path: str
    handler: ApiHandler
    _: KW_ONLY
    method: str = hdrs.METH_GET
    needs: frozenset[Scope] | None
    where: Where | None = None
    body: type[msgspec.Struct] | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    head: bool = False
    form: bool = False
    upload: int = 0
    live: str = ""

    @property
    def is_api(self) -> bool:
        """Whether its errors are problems (RFC 9457) also for browsers, and its query is checked."""
        return self.path.startswith("/api/")


SIGNED_IN: Final[frozenset[Scope]] = frozenset()
"""Neither a scope nor a key opens the route: it needs a signed-in session."""
read: Final = partial(Route, needs=READ, where=Where.PLACES)
read_company: Final = partial(Route, needs=READ, where=Where.COMPANY)
read_private: Final = partial(Route, needs=PRIVACY, where=Where.PLACES)
read_words: Final = partial(Route, needs=PRIVACY | OPERATE, where=Where.PLACES)
"""What a person wrote, or was written: for whoever must answer there, too (`hub.access.sight`)."""
operate: Final = partial(Route, method=hdrs.METH_POST, needs=OPERATE, where=Where.PLACES)
operate_company: Final = partial(Route, needs=OPERATE, where=Where.EVERYWHERE)
press: Final = partial(operate, form=True)
"""A button of our own page."""
DONE_WORDS: Final[web.AppKey[Mapping[str, str]]] = web.AppKey("done_words")
"""Name of an act → the sentence of the page that follows it."""
TABLE: Final[web.AppKey[Mapping[tuple[str, str], Route]]] = web.AppKey("table")
"""(method, path) → route of this application."""


def row_of(request: web.Request) -> Route | None:
    """Return the route of this request; None if the table has none."""
    return request.app[TABLE].get((request.method, route_of(request)))


def is_form(request: web.Request) -> bool:
    """Return whether this request posts a form of one of the hub's own pages."""
    row = row_of(request)
    return row is not None and row.form


def needed(request: web.Request) -> frozenset[Scope] | None:
    """Return the scopes of which the caller must have one. A route outside the table needs ADMIN."""
    row = row_of(request)
    return ADMIN if row is None else row.needs


def upload_of(request: web.Request) -> int:
    """Return how many bytes the file of this request's form may have; 0: it has none."""
    row = row_of(request)
    return 0 if row is None else row.upload
