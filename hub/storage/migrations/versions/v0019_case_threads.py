"""A case is found by its radicado, and has its replies."""

from hub.storage.migrations.statements import statements_beside

revision = "0019"
down_revision = "0018"
upgrade = statements_beside(__file__)
