"""`hub settings`: what is in force and where it came from, with nothing secret in it."""

from __future__ import annotations

import os

from hub.access.keyring import KeyRing
from hub.cli.common import AsJson, print_items, print_table, settings
from hub.settings.effective import tell


def show_settings(as_json: AsJson = False) -> None:
    """
    Print every setting and where it came from: may go into a ticket or be kept.

    Secrets are only `set`, URLs are without user, password and query, HUB_SECRET is the ids of its keys.
    """
    given = settings()
    told = tell(given, os.environ, keys=KeyRing(given.secrets).ids)
    if as_json:
        print_items(told)
        return
    origins = {"env": "environment", "file": "file", "default": "default"}
    rows = [(one.name, one.value or "–", origins[one.origin]) for one in told]
    print_table(("variable", "value", "from"), rows)
