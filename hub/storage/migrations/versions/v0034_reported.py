"""Messages with a code that people do not recognise."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0034"
down_revision = "0033"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
