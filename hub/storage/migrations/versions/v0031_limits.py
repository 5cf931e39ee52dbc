"""The limits of contact: whose contact of a day a message is, and the numbers that want no advertising."""

from hub.storage.migrations.statements import statements_beside

revision = "0031"
down_revision = "0030"
upgrade = statements_beside(__file__)
