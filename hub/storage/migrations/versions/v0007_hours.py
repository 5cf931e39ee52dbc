"""A person's own working hours, and the result of a text by which a level takes a case."""

from hub.storage.migrations.statements import statements_beside

revision = "0007"
down_revision = "0006"
upgrade = statements_beside(__file__)
