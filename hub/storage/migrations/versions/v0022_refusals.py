"""Extensions that events asked for, and alerts about people whom an emergency has not reached."""

from hub.storage.migrations.statements import statements_beside

revision = "0022"
down_revision = "0021"
upgrade = statements_beside(__file__)
