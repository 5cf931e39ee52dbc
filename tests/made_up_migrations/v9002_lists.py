"""Indexes of events and messages."""

from __future__ import annotations

from hub.storage.migrations.statements import statements_beside, way_back

revision = "9002"
down_revision = "9001"

upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
