"""A cancelled message is a result, which the subscribers of its source get."""

from hub.storage.migrations.statements import statements_beside

revision = "0030"
down_revision = "0029"
upgrade = statements_beside(__file__)
