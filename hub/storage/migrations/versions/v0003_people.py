"""People with their history, rotas, API keys and the audit log."""

from hub.storage.migrations.statements import statements_beside

revision = "0003"
down_revision = "0002"
upgrade = statements_beside(__file__)
