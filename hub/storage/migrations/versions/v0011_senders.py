"""Senders of dead letters, and whether a letter was refused for its sender."""

from hub.storage.migrations.statements import statements_beside

revision = "0011"
down_revision = "0010"
upgrade = statements_beside(__file__)
