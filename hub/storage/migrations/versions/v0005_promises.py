"""The promise of each clock, and its history."""

from hub.storage.migrations.statements import statements_beside

revision = "0005"
down_revision = "0004"
upgrade = statements_beside(__file__)
