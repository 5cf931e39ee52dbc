"""The wish for letters in large print."""

from hub.storage.migrations.statements import statements_beside

revision = "0029"
down_revision = "0028"
upgrade = statements_beside(__file__)
