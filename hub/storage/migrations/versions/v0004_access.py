"""Audiences and the people left out, consents, and accounts."""

from hub.storage.migrations.statements import statements_beside

revision = "0004"
down_revision = "0003"
upgrade = statements_beside(__file__)
