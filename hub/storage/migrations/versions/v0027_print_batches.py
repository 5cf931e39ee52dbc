"""Letters are printed in batches, posted, and delivered: batches, and the columns of a letter's way."""

from hub.storage.migrations.statements import statements_beside

revision = "0027"
down_revision = "0026"
upgrade = statements_beside(__file__)
