"""What people wish of messages, and whom staff has marked as not to be contacted."""

from hub.storage.migrations.statements import statements_beside

revision = "0032"
down_revision = "0031"
upgrade = statements_beside(__file__)
