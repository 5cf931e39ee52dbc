"""A floor under the months, and a note in the audit for each that is dropped."""

from __future__ import annotations

from alembic import op

from hub.storage.migrations.statements import statements_beside, way_back

revision = "0045"
down_revision = "0044"
_floor, _no_floor = statements_beside(__file__), way_back(__file__)


def upgrade() -> None:
    _floor()
    _bind_names()


def downgrade() -> None:
    _no_floor()
    _bind_names()


def _bind_names() -> None:
    """As in 0016: a caller must not choose which tables are meant, and a new body forgets it."""
    run = op.get_bind().exec_driver_sql
    schema = run("SELECT quote_ident(current_schema())").scalar_one()
    run(f"ALTER FUNCTION drop_month(text) SET search_path = {schema}, pg_temp")
