"""Former contacts of a person, who are to be notified of a change."""

from hub.storage.migrations.statements import statements_beside

revision = "0017"
down_revision = "0016"
upgrade = statements_beside(__file__)
