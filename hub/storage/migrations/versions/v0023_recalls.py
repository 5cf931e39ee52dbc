"""Events that their publishers take back."""

from hub.storage.migrations.statements import statements_beside

revision = "0023"
down_revision = "0022"
upgrade = statements_beside(__file__)
