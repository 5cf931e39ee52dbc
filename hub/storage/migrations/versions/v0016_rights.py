"""Months are made and dropped by functions of the tables' owner: the roles' user owns no table."""

from __future__ import annotations

from typing import Final

from alembic import op

from hub.storage.migrations.statements import statements_beside

revision = "0016"
down_revision = "0015"
_FUNCTIONS: Final = ("make_month(text, text, uuid, uuid)", "drop_month(text)")
_functions = statements_beside(__file__)


def upgrade() -> None:
    _functions()
    run = op.get_bind().exec_driver_sql
    schema = run("SELECT quote_ident(current_schema())").scalar_one()
    for function in _FUNCTIONS:
        # They run with the rights of their owner: a caller must not choose which tables their names mean.
        run(f"ALTER FUNCTION {function} SET search_path = {schema}, pg_temp")
        run(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
