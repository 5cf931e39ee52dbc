"""Hours of a person's own, and what became of a text by which a level takes a matter on."""

from __future__ import annotations

from pathlib import Path

from hub.storage.migrations.statements import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns."""
    run(Path(__file__).with_suffix(".sql"))
