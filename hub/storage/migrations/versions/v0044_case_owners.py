"""The owner of each case, the sources whose cases a key may add to, and the digest of an event's content."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0044"
down_revision = "0043"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
