"""A table, and what a trigger writes there."""

from __future__ import annotations

from hub.storage.migrations.statements import statements_beside, way_back
from tests.made_up_migrations import OWN

revision = "9001"
down_revision = OWN

upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
