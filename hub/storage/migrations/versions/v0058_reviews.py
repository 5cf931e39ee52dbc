"""Reviews: who was asked to release a communication, who decided, and events that wait for it."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0058"
down_revision = "0057"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
