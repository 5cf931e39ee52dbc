"""A clock that has ended may have something left to say."""

from __future__ import annotations

from pathlib import Path

from hub.storage.migrations.statements import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Let an ended clock have a step, and leave none to those that are there."""
    run(Path(__file__).with_suffix(".sql"))
