"""The channels that delivery has built, as it tells intake."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0048"
down_revision = "0047"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
