"""Replies whose writer has not proved to be the one for whom their word counts."""

from hub.storage.migrations.statements import statements_beside

revision = "0013"
down_revision = "0012"
upgrade = statements_beside(__file__)
