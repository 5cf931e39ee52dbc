"""The documents that events name: what is asked for, and the bytes, once for each digest."""

from hub.storage.migrations.statements import statements_beside

revision = "0028"
down_revision = "0023"
upgrade = statements_beside(__file__)
