"""A column of messages, filled, and a condition that lets more in."""

from __future__ import annotations

from hub.storage.migrations.statements import statements_beside, way_back

revision = "9003"
down_revision = "9002"

upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
