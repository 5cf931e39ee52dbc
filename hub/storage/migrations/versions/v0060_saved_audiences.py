"""Audiences with names, exceptions by lists, and what a plan makes of each person."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0060"
down_revision = "0059"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
