"""
Rights of the user of HUB_DATABASE_URL in a database whose tables another user owns.

It can add to the audit and to the seals and read them, and never change a row. It owns nothing: a trigger on
a table of its own would run with the rights of the user who migrates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hub.storage.database import Runner, load, read

_SQL = load("rights")
WHO: Final = _SQL["who"]
NAMES: Final = _SQL["names"]

ROWS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
"""Its rights on each table and view, also of migrations and months to come."""
ONLY: Final[Mapping[str, tuple[str, ...]]] = {
    "alembic_version": ("SELECT",),
    "audit": ("SELECT", "INSERT"),
    **dict.fromkeys(("seal", "seal_stamp", "template_version"), ("SELECT", "INSERT")),
}
"""Tables with which it may do less."""
FUNCTIONS: Final = (
    "make_month(text, text, uuid, uuid)",
    "drop_month(text)",
    "forget_audit(timestamp with time zone, bigint)",
)
"""Functions that it may call in the owner's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRights:
    """Rights by which a user could change the audit; all false: none."""

    is_superuser: bool
    is_owner: bool
    may_change: bool


async def audit_rights(run: Runner) -> AuditRights:
    """Return the rights on the audit of the connected user, or of anybody whom it may become."""
    [row] = await run.rows(_SQL["may_change_audit"])
    return read(AuditRights, row)


def grants(user: str, schema: str) -> Iterator[str]:
    """Yield the statements that give a user exactly the rights of this module; both names are quoted."""
    yield f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC"
    yield f"REVOKE ALL ON SCHEMA {schema} FROM {user}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {user}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {user}"
    yield f"GRANT {', '.join(ROWS)} ON ALL TABLES IN SCHEMA {schema} TO {user}"
    for table, rights in ONLY.items():
        yield f"REVOKE ALL ON {schema}.{table} FROM {user}"
        yield f"GRANT {', '.join(rights)} ON {schema}.{table} TO {user}"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {', '.join(ROWS)} ON TABLES TO {user}"
    for function in FUNCTIONS:
        # PostgreSQL lets everybody call what is made, and a restored copy is made anew.
        yield f"REVOKE ALL ON FUNCTION {schema}.{function} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {schema}.{function} TO {user}"
