"""The core tables: events, messages, clocks, dead letters, the directory."""

from hub.storage.migrations.statements import statements_beside

revision = "0001"
down_revision = None
upgrade = statements_beside(__file__)
