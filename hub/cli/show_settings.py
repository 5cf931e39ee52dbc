"""`hub settings`: the settings in force and their origin, without secrets."""

from __future__ import annotations

import os

from hub.access.keyring import KeyRing
from hub.cli.common import AsJson, print_items, print_table, settings
from hub.settings.effective import tell


def show_settings(as_json: AsJson = False) -> None:
    """
    Print every setting and its origin, without secrets: safe to put into a ticket.

    A secret is shown as `set`, a URL without user, password and query, HUB_SECRET as the ids of its keys.
    """
    given = settings()
    effective = tell(given, os.environ, keys=KeyRing(given.secrets).ids)
    if as_json:
        print_items(effective)
        return
    origins = {"env": "environment", "file": "file", "default": "default"}
    rows = [(setting.name, setting.value or "–", origins[setting.origin]) for setting in effective]
    print_table(("variable", "value", "from"), rows)
