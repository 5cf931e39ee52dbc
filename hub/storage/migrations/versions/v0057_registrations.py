"""Registrations: what comes by phone, at the counter or by letter, and the series of their numbers."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0057"
down_revision = "0056"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
