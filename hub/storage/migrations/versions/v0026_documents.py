"""The documents that events name: requests, and the bytes, once for each digest."""

from hub.storage.migrations.statements import statements_beside

revision = "0026"
down_revision = "0025"
upgrade = statements_beside(__file__)
