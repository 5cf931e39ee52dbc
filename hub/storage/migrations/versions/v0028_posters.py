"""The posters of notice boards."""

from hub.storage.migrations.statements import statements_beside

revision = "0028"
down_revision = "0027"
upgrade = statements_beside(__file__)
