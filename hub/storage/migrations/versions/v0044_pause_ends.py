"""Pauses that end by themselves."""

from hub.storage.migrations.statements import statements_beside

revision = "0044"
down_revision = "0038"
upgrade = statements_beside(__file__)
