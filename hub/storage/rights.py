"""
What the user of HUB_DATABASE_URL may do in a database whose tables another user owns.

It can add to the audit and to the seals and read them, and never change what is there. It owns nothing: a
trigger on a table of its own would run with the rights of whoever migrates.
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
"""What it may do with each table and view, also of migrations and months to come."""
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
"""What it may have done in the owner's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRights:
    """What keeps the audit from being safe from a user; all false: nothing."""

    is_superuser: bool
    is_owner: bool
    may_change: bool


async def audit_rights(run: Runner) -> AuditRights:
    """Return what the connected user, or anybody whom it may become, may do to the audit."""
    [row] = await run.rows(_SQL["may_change_audit"])
    return read(AuditRights, row)


def grants(user: str, schema: str) -> Iterator[str]:
    """Yield what gives a user exactly the rights of this module; both names are quoted."""
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
        yield f"GRANT EXECUTE ON FUNCTION {schema}.{function} TO {user}"
