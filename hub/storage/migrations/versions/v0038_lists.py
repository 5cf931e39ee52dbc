"""Lists of messages by event and by channel."""

from hub.storage.migrations.statements import statements_beside

revision = "0038"
down_revision = "0037"
upgrade = statements_beside(__file__)
