"""Lists of messages by event and by channel."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0038"
down_revision = "0037"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
