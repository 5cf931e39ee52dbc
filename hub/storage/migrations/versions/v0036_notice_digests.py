"""Digests of service messages that are not urgent."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0036"
down_revision = "0035"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
