"""The statements of a migration's own file."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run(path: Path) -> None:
    """Run each statement of a `.sql` file; one ends with a semicolon at the end of a line."""
    for statement in path.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.get_bind().exec_driver_sql(statement)
