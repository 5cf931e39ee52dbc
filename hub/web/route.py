"""What the table of routes is made of: a route, the scopes that open it, the answers that many share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from hub.model import Scope
from hub.web.responses import Handler, route_of
from hub.web.schemas import common


class Where(StrEnum):
    """What a route means to somebody who reaches some copropiedades and not all."""

    PLACES = "places"
    """It narrows: he sees and does what belongs to those, as if there were nothing else."""
    COMPANY = "company"
    """It says nothing of a copropiedad: the same to everybody."""
    EVERYWHERE = "everywhere"
    """It is for whoever reaches all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    `needs` are the scopes of which a caller must have one; None asks nobody for a key.

    Who does not reach everywhere is refused where a route does not say `where`; a test asks for it.
    `answers` maps a status to the shape of its body; without them the route is not part of the API.
    """

    method: str = hdrs.METH_GET
    path: str
    handler: Handler
    needs: frozenset[Scope] | None
    where: Where | None = None
    summary: str = ""
    query: type[msgspec.Struct] = common.NoQuery
    body: type[msgspec.Struct] | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)


SIGNED_IN: Final[frozenset[Scope]] = frozenset()
"""No scope opens it, and no key: it is for whoever has signed in."""
PUBLISH: Final = frozenset({Scope.PUBLISH})
READ: Final = frozenset({Scope.READ})
OPERATE: Final = frozenset({Scope.OPERATE})
PRIVACY: Final = frozenset({Scope.PRIVACY})
ADMIN: Final = frozenset({Scope.ADMIN})
UNKNOWN: Final = {404: common.Problem}
BAD: Final = {400: common.Problem}
TABLE: Final[web.AppKey[Mapping[tuple[str, str], Route]]] = web.AppKey("table")
"""Method and path → what the application serves there."""


def row_of(request: web.Request) -> Route | None:
    """Answer the request's row of the table of routes."""
    return request.app[TABLE].get((request.method, route_of(request)))


def needed(request: web.Request) -> frozenset[Scope] | None:
    """Answer the scopes of which a caller must have one; what is not in the table is for administrators."""
    row = row_of(request)
    return ADMIN if row is None else row.needs
