"""The index of the events of a unit that have a subject."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0054"
down_revision = "0053"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
