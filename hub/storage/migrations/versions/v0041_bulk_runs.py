"""Bulk actions that operators start, and what becomes of each row of them."""

from hub.storage.migrations.statements import statements_beside

revision = "0041"
down_revision = "0036"
upgrade = statements_beside(__file__)
