"""Events that do not reach all whom they are for."""

from hub.storage.migrations.statements import statements_beside

revision = "0008"
down_revision = "0007"
upgrade = statements_beside(__file__)
