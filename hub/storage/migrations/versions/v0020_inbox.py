"""The inbox as people use it: what waits there, the person of an account, who may hand out tokens."""

from hub.storage.migrations.statements import statements_beside

revision = "0020"
down_revision = "0019"
upgrade = statements_beside(__file__)
