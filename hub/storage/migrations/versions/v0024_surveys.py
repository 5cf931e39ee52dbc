"""Surveys: whose turn it is, and an index of their events."""

from hub.storage.migrations.statements import statements_beside

revision = "0024"
down_revision = "0023"
upgrade = statements_beside(__file__)
