"""A clock that has ended may have a last step to run."""

from hub.storage.migrations.statements import statements_beside

revision = "0006"
down_revision = "0005"
upgrade = statements_beside(__file__)
