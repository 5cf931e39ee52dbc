"""Extensions that events asked for, and whether their publishers heard that they were refused."""

from hub.storage.migrations.statements import statements_beside

revision = "0023"
down_revision = "0021"
upgrade = statements_beside(__file__)
