"""Sheets of people that somebody looks at and applies in the browser, and people whom staff has joined."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0052"
down_revision = "0051"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
