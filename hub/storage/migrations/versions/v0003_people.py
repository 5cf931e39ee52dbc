"""People with their history, and who may do what."""

from __future__ import annotations

from pathlib import Path

from hub.storage.migrations.statements import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables and the columns."""
    run(Path(__file__).with_suffix(".sql"))
