"""Hints of refusals: each address that one names is there, and stands as a reader types it."""

from __future__ import annotations

import re
from typing import Final

from hub.web.responses import _FROM_HUB
from hub.web.routes import ROUTES

ADDRESS: Final = re.compile(r"(?:GET|POST|PUT|DELETE) /api/[^\s,.;]+")


def test_hint_names_addresses_that_the_api_has() -> None:
    named = {address for _, _, hint in _FROM_HUB.values() for address in ADDRESS.findall(hint)}

    assert set() == named - {f"{route.method} {route.path}" for route in ROUTES}
