"""Bulk actions that operators start, and the outcome of each of their rows."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0039"
down_revision = "0038"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
