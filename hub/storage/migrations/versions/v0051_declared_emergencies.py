"""The index of declared emergencies, by time: the first page looks for those that are open."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0051"
down_revision = "0050"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
