"""What came of each source, as it stands: there is no way back."""

from __future__ import annotations

from hub.storage.migrations.statements import statements_beside

revision = "9004"
down_revision = "9003"

upgrade = statements_beside(__file__)
