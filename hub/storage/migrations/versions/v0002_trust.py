"""Reliable delivery: receipts, replies, suppressions, pauses, incidents."""

from hub.storage.migrations.statements import statements_beside

revision = "0002"
down_revision = "0001"
upgrade = statements_beside(__file__)
