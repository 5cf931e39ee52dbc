"""The statements of a migration's own file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import op


def statements_beside(module: str) -> Callable[[], None]:
    """Make what runs each statement of a module's `.sql` file; one ends with a semicolon at a line's end."""

    def upgrade() -> None:
        for statement in Path(module).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                op.get_bind().exec_driver_sql(statement)

    return upgrade
