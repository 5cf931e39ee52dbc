"""What each clock promised, and what has befallen it since."""

from __future__ import annotations

from pathlib import Path

from hub.storage.migrations.statements import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns."""
    run(Path(__file__).with_suffix(".sql"))
