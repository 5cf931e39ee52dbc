"""The statements of a migration's own file."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from alembic import op

_END: Final = re.compile(r";\n(?![ $])")


def statements_beside(module: str) -> Callable[[], None]:
    """
    Return the function that runs the statements of the module's `.sql` file.

    A semicolon at a line's end ends each, unless the next line is indented: the body of a function.
    """

    return partial(_run, Path(module).with_suffix(".sql"))


def statements_in(folder: Path, *names: str) -> Callable[[], None]:
    """Return the function that runs the statements of the folder's `.sql` files, in this order."""
    files = [folder / f"{name}.sql" for name in names]

    def run() -> None:
        for file in files:
            _run(file)

    return run


def way_back(module: str) -> Callable[[], None]:
    """Return the function that takes the migration back by the statements of the module's `.down.sql`."""
    return partial(_run, down_of(module))


def down_of(module: str) -> Path:
    """Return the file of a migration's way back; its first line is a comment that names the loss."""
    return Path(module).with_suffix(".down.sql")


def statements_of(file: Path) -> list[str]:
    """Return the statements of a file; none where it does not exist."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [statement for statement in _END.split(text) if statement.strip()]


def _run(file: Path) -> None:
    for statement in statements_of(file):
        op.get_bind().exec_driver_sql(statement)
