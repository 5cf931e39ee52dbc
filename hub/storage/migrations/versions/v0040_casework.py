"""Staff who have taken a case, and the state of people's replies."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0040"
down_revision = "0039"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
