"""Who was meant and who was left out, what people consented to, and who may sign in."""

from __future__ import annotations

from pathlib import Path

from hub.storage.migrations.statements import run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables and the columns."""
    run(Path(__file__).with_suffix(".sql"))
