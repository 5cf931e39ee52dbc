"""Bulk actions that operators start, and what becomes of each row of them."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0039"
down_revision = "0038"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
