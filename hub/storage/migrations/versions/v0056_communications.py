"""Communications: what people at the company write, to whom, and the parts that are published of it."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0056"
down_revision = "0055"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
