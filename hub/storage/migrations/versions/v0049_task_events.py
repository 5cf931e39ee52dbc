"""The index of the events that show a standing task done."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0049"
down_revision = "0048"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
