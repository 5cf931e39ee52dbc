"""The state of each case's last replay, so that a case that never ends is not replayed as a whole."""

from hub.storage.migrations.statements import statements_beside

revision = "0009"
down_revision = "0008"
upgrade = statements_beside(__file__)
