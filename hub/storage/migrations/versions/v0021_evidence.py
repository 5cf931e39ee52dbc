"""Evidence: the digest of what left, what it was made of, and seals over attempts."""

from hub.storage.migrations.statements import statements_beside

revision = "0021"
down_revision = "0020"
upgrade = statements_beside(__file__)
