"""Evidence: the digest of the sent words, their sources, and seals over attempts."""

from hub.storage.migrations.statements import statements_beside

revision = "0021"
down_revision = "0020"
upgrade = statements_beside(__file__)
