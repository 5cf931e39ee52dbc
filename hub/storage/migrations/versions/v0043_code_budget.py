"""Wrong codes of a day, counted for each second factor, and who last reset the password of an account."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0043"
down_revision = "0042"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
