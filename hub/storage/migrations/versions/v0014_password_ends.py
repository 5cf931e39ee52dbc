"""One-time passwords end."""

from hub.storage.migrations.statements import statements_beside

revision = "0014"
down_revision = "0013"
upgrade = statements_beside(__file__)
