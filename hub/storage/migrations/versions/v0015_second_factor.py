"""Second factors of accounts, and the codes for the day on which one is lost."""

from hub.storage.migrations.statements import statements_beside

revision = "0015"
down_revision = "0014"
upgrade = statements_beside(__file__)
