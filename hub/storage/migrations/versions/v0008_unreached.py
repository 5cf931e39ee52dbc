"""Events that do not reach everybody they are meant for."""

from hub.storage.migrations.statements import statements_beside

revision = "0008"
down_revision = "0007"
upgrade = statements_beside(__file__)
