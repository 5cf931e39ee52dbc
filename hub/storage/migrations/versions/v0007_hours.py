"""Hours of a person's own, and what became of a text by which a level takes a matter on."""

from hub.storage.migrations.statements import statements_beside

revision = "0007"
down_revision = "0006"
upgrade = statements_beside(__file__)
