"""One-time codes and sessions of residents."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0035"
down_revision = "0034"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
