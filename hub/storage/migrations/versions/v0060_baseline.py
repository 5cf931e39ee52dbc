"""
The schema, with a file for each room in `baseline`.

Its number is that of the last of the migrations that it replaces: an installation that has come so far has
this schema (decision 0213).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hub.storage.migrations.statements import statements_in

revision = "0060"
down_revision = None

ROOMS: Final = (
    *("search", "contact", "directory", "months", "events", "messages", "replies", "results", "cases"),
    *("clocks", "print", "documents", "communications", "access", "evidence", "operations"),
)
"""In this order: what is named before what names it."""

upgrade = statements_in(Path(__file__).parents[1] / "baseline", *ROOMS)
