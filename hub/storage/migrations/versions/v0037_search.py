"""The texts of the search: words without accents, and their indexes."""

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0037"
down_revision = "0036"
upgrade = statements_beside(__file__)
downgrade = way_back(__file__)
