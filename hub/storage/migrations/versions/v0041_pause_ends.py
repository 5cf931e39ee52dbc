"""Pauses that end by themselves."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0041"
down_revision = "0040"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
