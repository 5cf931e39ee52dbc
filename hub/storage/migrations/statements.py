"""The statements of a migration's own file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import op


def statements_beside(module: str) -> Callable[[], None]:
    """Return what runs the statements of the module's `.sql` file; a semicolon at a line's end ends each."""

    def upgrade() -> None:
        for statement in Path(module).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                op.get_bind().exec_driver_sql(statement)

    return upgrade
