"""Resets of passwords that their account's person is still to be told of."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0047"
down_revision = "0046"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
