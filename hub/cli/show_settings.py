"""`hub settings`: the settings in force and their origin, without secrets."""

from __future__ import annotations

import os
from typing import Final

from hub.access.keyring import KeyRing
from hub.doors.terminal import AsJson, Columns, print_list, settings
from hub.settings.effective import effective_settings

_ORIGINS: Final = {"env": "environment", "file": "file", "default": "default"}
_COLUMNS: Final[Columns] = {
    "variable": "name",
    "value": lambda setting: setting.value or "–",
    "from": lambda setting: _ORIGINS[setting.origin],
}


def show_settings(as_json: AsJson = False) -> None:
    """
    Print every setting and its origin, without secrets: safe to put into a ticket.

    A secret is shown as `set`, a URL without user, password and query, HUB_SECRET as the ids of its keys.
    """
    given = settings()
    effective = effective_settings(given, os.environ, keys=KeyRing(given.secrets).ids)
    print_list(effective, _COLUMNS, as_json=as_json)
