"""Bulk runs that discard dead letters."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0042"
down_revision = "0041"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
