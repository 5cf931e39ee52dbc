"""Replies whose writer has not proved to be the one for whom their word counts."""

from hub.storage.migrations.statements import statements_beside

revision = "0014"
down_revision = "0010"
upgrade = statements_beside(__file__)
