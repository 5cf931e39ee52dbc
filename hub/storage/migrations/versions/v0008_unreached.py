"""Events that do not reach all whom they are for."""

from __future__ import annotations

from pathlib import Path

from hub.storage.migrations.statements import run

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table."""
    run(Path(__file__).with_suffix(".sql"))
