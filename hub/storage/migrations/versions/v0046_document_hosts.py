"""Documents that are fetched host by host."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0046"
down_revision = "0045"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
