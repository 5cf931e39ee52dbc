"""Results of a source's messages, for their subscribers."""

from hub.storage.migrations.statements import statements_beside

revision = "0018"
down_revision = "0017"
upgrade = statements_beside(__file__)
