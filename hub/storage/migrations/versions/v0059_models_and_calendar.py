"""Models of communications, and links of calendars."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0059"
down_revision = "0058"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
