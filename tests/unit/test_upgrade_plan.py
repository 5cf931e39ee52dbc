"""The plan of an upgrade, from statements and numbers of rows."""

from __future__ import annotations

import pytest

from hub.storage.migrations.plan import TableLock, plan

ROWS = {"message": 300_000, "event": 100_000, "letter": 10}


def locks(*statements: str) -> list[TableLock]:
    [item] = plan([("0099", "A step.", statements)], ROWS, "0042", "0099").items
    return item.locks


@pytest.mark.parametrize(
    ("statement", "lock", "why", "holds_writers"),
    [
        ("CREATE INDEX x ON message (a)", "SHARE", "builds an index", True),
        ("CREATE UNIQUE INDEX x\n    ON message (a)", "SHARE", "builds an index", True),
        ("CREATE INDEX x ON ONLY message (a)", "SHARE UPDATE EXCLUSIVE", "beside writers", False),
        ("CREATE INDEX x ON ONLY message USING gin (a)", "SHARE UPDATE EXCLUSIVE", "beside writers", False),
        ("ALTER TABLE message ADD COLUMN a text", "ACCESS EXCLUSIVE", "changes no row", True),
        ("ALTER TABLE message ADD COLUMN a text NOT NULL DEFAULT ''", "ACCESS EXCLUSIVE", "no row", True),
        ("ALTER TABLE message\n    DROP CONSTRAINT a_check", "ACCESS EXCLUSIVE", "changes no row", True),
        ("ALTER TABLE message\n    ADD CONSTRAINT a CHECK (b)", "ACCESS EXCLUSIVE", "reads all rows", True),
        ("ALTER TABLE message ALTER COLUMN a SET NOT NULL", "ACCESS EXCLUSIVE", "reads all rows", True),
        ("ALTER TABLE message ALTER COLUMN a TYPE text", "ACCESS EXCLUSIVE", "writes all rows anew", True),
        ("ALTER TABLE message ADD a text GENERATED ALWAYS AS (b) STORED", "ACCESS", "rows anew", True),
        ("-- Why.\nUPDATE message SET a = 1", "ROW EXCLUSIVE", "changes up to all rows", True),
        ("DELETE FROM message", "ROW EXCLUSIVE", "changes up to all rows", True),
        ("INSERT INTO other (a)\nSELECT a FROM message JOIN x USING (a)", "ACCESS SHARE", "reads all", True),
        ("ALTER TABLE message ATTACH PARTITION x", "ACCESS EXCLUSIVE", "to divide them by month", True),
        ("CREATE TRIGGER x AFTER INSERT ON message FOR EACH ROW", "SHARE ROW EXCLUSIVE", "trigger", True),
    ],
)
def test_each_kind_of_statement_has_its_lock(
    statement: str, lock: str, why: str, holds_writers: bool
) -> None:
    [found] = locks(statement)

    assert ("message", 300_000, holds_writers) == (found.table, found.rows, found.holds_writers)
    assert found.lock.startswith(lock)
    assert why in found.why


def test_new_tables_and_other_statements_hold_nobody() -> None:
    assert [] == locks("CREATE TABLE new (a int)", "CREATE INDEX x ON new (a)", "CREATE FUNCTION f() …")


def test_time_grows_with_the_rows_and_counts_once_where_writers_wait() -> None:
    statements = ("CREATE INDEX x ON message (a)", "CREATE INDEX y ON ONLY event (a)")
    whole = plan([("0099", "A step.", statements)], ROWS, "0042", "0099")
    small = plan([("0099", "A step.", statements)], dict.fromkeys(ROWS, 1), "0042", "0099")

    assert 1.0 == whole.writers_wait
    assert (0.7, 0.0) == (whole.beside, small.beside)
    assert small.writers_wait < 0.1


def test_nothing_to_do_takes_no_time() -> None:
    nothing = plan([], ROWS, "0099", "0099")

    assert (0, 0, []) == (nothing.writers_wait, nothing.beside, nothing.items)
