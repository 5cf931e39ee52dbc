"""
Migrations that nobody needs, after the hub's own: what upgrades and ways back promise is proved with them.

Between them they have a table, a trigger, large indexes, a column, another condition, and rows that change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic.script import Script, ScriptDirectory

from hub.storage.migrations import HEAD, upgrading

WITH_THESE: Final = (*upgrading.VERSIONS, Path(__file__).parent)
OWN: Final = HEAD
"""The hub's own newest one; read here, before a test makes the hub need a later one."""
TABLES: Final = "9001"
INDEXES: Final = "9002"
COLUMNS: Final = "9003"
LAST: Final = "9004"
"""It has no way back."""


def scripts() -> list[Script]:
    """Return the hub's own migrations and these, the oldest first."""
    configured = upgrading.config()
    configured.set_main_option("version_locations", "\n".join(map(str, WITH_THESE)))
    return list(ScriptDirectory.from_config(configured).walk_revisions())[::-1]
