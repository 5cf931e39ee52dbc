"""Who sent a dead letter, and whether it was refused for that."""

from hub.storage.migrations.statements import statements_beside

revision = "0011"
down_revision = "0010"
upgrade = statements_beside(__file__)
