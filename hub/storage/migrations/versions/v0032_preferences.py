"""People's wishes about messages, and staff's marks "do not contact"."""

from hub.storage.migrations.statements import statements_beside

revision = "0032"
down_revision = "0031"
upgrade = statements_beside(__file__)
