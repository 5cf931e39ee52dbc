"""Erasures, the marks of addresses that nobody writes to again, and an audit that may grow old."""

from __future__ import annotations

from typing import Final

from alembic import op

from hub.storage.migrations.statements import statements_beside

revision = "0033"
down_revision = "0032"
_FORGET: Final = "forget_audit(timestamptz, bigint)"
_statements = statements_beside(__file__)


def upgrade() -> None:
    _statements()
    run = op.get_bind().exec_driver_sql
    schema = run("SELECT quote_ident(current_schema())").scalar_one()
    # As in 0016: a caller must not choose which table the name means.
    run(f"ALTER FUNCTION {_FORGET} SET search_path = {schema}, pg_temp")
    run(f"REVOKE EXECUTE ON FUNCTION {_FORGET} FROM PUBLIC")
