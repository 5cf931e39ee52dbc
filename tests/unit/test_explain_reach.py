"""Every route declares its behaviour for callers with access to some copropiedades."""

from __future__ import annotations

from hub.web.routes import ROUTES


def test_each_authenticated_route_declares_its_scope_of_places() -> None:
    """
    A new route: `where=Where.PLACES` and a use of `places_of(request)`, tried by itself in
    tests/integration/test_web_scope.py; `COMPANY` if it shows nothing of a copropiedad; else `EVERYWHERE`.
    """
    silent = [
        f"{route.method} {route.path}" for route in ROUTES if route.needs is not None and route.where is None
    ]

    assert [] == silent
