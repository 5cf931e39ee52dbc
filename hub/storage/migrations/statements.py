"""The statements of a migration's own file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import op

_END: Final = re.compile(r";\n(?![ $])")


def statements_beside(module: str) -> Callable[[], None]:
    """
    Return what runs the statements of the module's `.sql` file.

    A semicolon at a line's end ends each, unless the next line is indented: the body of a function.
    """

    def upgrade() -> None:
        for statement in _END.split(Path(module).with_suffix(".sql").read_text(encoding="utf-8")):
            if statement.strip():
                op.get_bind().exec_driver_sql(statement)

    return upgrade
