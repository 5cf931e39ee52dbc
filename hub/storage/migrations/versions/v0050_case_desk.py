"""What staff writes and does among itself in a case: notes, sleep, merged cases, and own views of a list."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0050"
down_revision = "0049"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
