"""Who of the staff has taken a case, and what has become of what people wrote."""

from hub.storage.migrations.statements import statements_beside

revision = "0042"
down_revision = "0036"
upgrade = statements_beside(__file__)
