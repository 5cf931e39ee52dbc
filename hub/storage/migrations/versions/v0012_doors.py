"""Guesses of attackers: failures that every process counts together, and the addresses in the audit."""

from hub.storage.migrations.statements import statements_beside

revision = "0012"
down_revision = "0011"
upgrade = statements_beside(__file__)
