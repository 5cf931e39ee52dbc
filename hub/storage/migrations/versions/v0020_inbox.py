"""The inbox as people use it: unread entries, the person of an account, the right to hand out tokens."""

from hub.storage.migrations.statements import statements_beside

revision = "0020"
down_revision = "0019"
upgrade = statements_beside(__file__)
