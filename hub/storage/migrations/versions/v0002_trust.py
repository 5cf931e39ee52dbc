"""Delivery that is trusted: receipts, replies, suppressions, pauses, troubles."""

from __future__ import annotations

from pathlib import Path

from hub.storage.migrations.statements import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables and the columns."""
    run(Path(__file__).with_suffix(".sql"))
