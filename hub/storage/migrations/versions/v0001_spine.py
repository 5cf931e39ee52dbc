"""The spine: events, messages, clocks, dead letters, the directory."""

from __future__ import annotations

from pathlib import Path

from hub.storage.migrations.statements import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    run(Path(__file__).with_suffix(".sql"))
