"""Who was meant and who was left out, what people consented to, and who may sign in."""

from hub.storage.migrations.statements import statements_beside

revision = "0004"
down_revision = "0003"
upgrade = statements_beside(__file__)
