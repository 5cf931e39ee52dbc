"""What runs in each case, by what is due first: an index that the lists of matters are read from."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0055"
down_revision = "0054"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
