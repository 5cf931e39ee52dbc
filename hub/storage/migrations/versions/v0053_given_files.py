"""Files that come in with somebody's words: named each, their bytes once for each digest."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0053"
down_revision = "0052"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
