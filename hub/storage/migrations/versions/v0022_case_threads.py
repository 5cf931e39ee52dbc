"""A case is found by its radicado, and has its replies."""

from hub.storage.migrations.statements import statements_beside

revision = "0022"
down_revision = "0020"
upgrade = statements_beside(__file__)
