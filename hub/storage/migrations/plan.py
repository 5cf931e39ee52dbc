"""
The plan of an upgrade: what each pending migration locks, for what, and about how long at the present size.

Read from the statements themselves, so that it holds for migrations to come. All of them are one transaction,
which keeps a lock until it ends; the parts of indexes are built after it, beside writers (`completing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec


class TableLock(msgspec.Struct, frozen=True, kw_only=True):
    """
    One table that a migration works on. `seconds` are an estimate, from its number of rows.

    `holds_writers` is false where others write meanwhile.
    """

    table: str
    lock: str
    why: str
    rows: int
    seconds: float
    holds_writers: bool


class MigrationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A pending migration, with the tables of today on which it works; none: it holds nobody."""

    revision: str
    what: str
    locks: list[TableLock]


class UpgradePlan(msgspec.Struct, frozen=True, kw_only=True):
    """`writers_wait` are the seconds of the transaction, `beside` those of the indexes that follow it."""

    current: str | None
    needed: str
    writers_wait: float
    beside: float
    items: list[MigrationPlan]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of statement, by its beginning; `speed` is in rows a second, as two cores of 2026 do it."""

    pattern: re.Pattern[str]
    lock: str
    why: str
    speed: float
    holds_writers: bool = True


def _kind(pattern: str, lock: str, why: str, speed: float, *, holds_writers: bool = True) -> _Kind:
    return _Kind(re.compile(pattern, re.DOTALL), lock, why, speed, holds_writers)


_TABLE: Final = r"(?P<table>[a-z_]+)\b"
_INDEX: Final = r"CREATE (?:UNIQUE )?INDEX [a-z_]+\s+ON "
_ALTER: Final = rf"ALTER TABLE {_TABLE}"
_REWRITES: Final = r"GENERATED ALWAYS AS|ALTER COLUMN \w+ TYPE|DEFAULT gen_random|DEFAULT clock_timestamp"
_READS: Final = r"ADD (?:CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY)|SET NOT NULL|VALIDATE CONSTRAINT"
_EXCLUSIVE: Final = "ACCESS EXCLUSIVE"
_BESIDE: Final = "SHARE UPDATE EXCLUSIVE"
_BESIDE_WRITERS: Final = "builds an index beside writers"
_AT_ONCE: Final = float("inf")
_KINDS: Final = (
    _kind(rf"{_INDEX}ONLY {_TABLE} USING gin", _BESIDE, _BESIDE_WRITERS, 7e3, holds_writers=False),
    _kind(rf"{_INDEX}ONLY {_TABLE}", _BESIDE, _BESIDE_WRITERS, 15e4, holds_writers=False),
    _kind(rf"{_INDEX}{_TABLE} USING gin", "SHARE", "builds an index", 14e3),
    _kind(rf"{_INDEX}{_TABLE}", "SHARE", "builds an index", 3e5),
    _kind(rf"{_ALTER} ATTACH PARTITION", _EXCLUSIVE, "reads all rows, to divide them by month", 1e6),
    _kind(rf"{_ALTER}.*\b(?:{_REWRITES})", _EXCLUSIVE, "writes all rows anew", 1e5),
    _kind(rf"{_ALTER}.*\b(?:{_READS})\b", _EXCLUSIVE, "reads all rows", 1e6),
    _kind(_ALTER, _EXCLUSIVE, "changes no row", _AT_ONCE),
    _kind(rf"CREATE TRIGGER .*? ON {_TABLE}", "SHARE ROW EXCLUSIVE", "makes a trigger", _AT_ONCE),
    # It holds nobody itself, but lengthens the transaction, whose other locks do.
    _kind(
        rf"INSERT INTO [a-z_]+ .*?\bFROM {_TABLE}",
        "ACCESS SHARE",
        "reads all rows, to fill another table",
        3e5,
    ),
    _kind(rf"(?:UPDATE|DELETE FROM) {_TABLE}", "ROW EXCLUSIVE", "changes up to all rows", 15e4),
)
_EACH: Final = 0.02
"""Seconds of a migration on empty tables."""
_COMMENT: Final = re.compile(r"^\s*--.*$", re.MULTILINE)


def plan(
    steps: Iterable[tuple[str, str, Iterable[str]]], rows: Mapping[str, int], current: str | None, needed: str
) -> UpgradePlan:
    """Plan from (revision, what it is, its statements) of each pending migration, and the rows of today."""
    items = [
        MigrationPlan(revision=revision, what=what, locks=list(_locks(statements, rows)))
        for revision, what, statements in steps
    ]
    locks = [lock for item in items for lock in item.locks]
    return UpgradePlan(
        current=current,
        needed=needed,
        writers_wait=round(_EACH * len(items) + sum(lock.seconds for lock in locks if lock.holds_writers), 1),
        beside=round(sum(lock.seconds for lock in locks if not lock.holds_writers), 1),
        items=items,
    )


def _locks(statements: Iterable[str], rows: Mapping[str, int]) -> Iterator[TableLock]:
    for statement in statements:
        text = _COMMENT.sub("", statement).strip()
        for kind in _KINDS:
            if (found := kind.pattern.match(text)) is None:
                continue
            # Tables that are not there yet are made by the upgrade, and empty.
            if (table := found["table"]) in rows:
                yield TableLock(
                    table=table,
                    lock=kind.lock,
                    why=kind.why,
                    rows=rows[table],
                    seconds=round(rows[table] / kind.speed, 2),
                    holds_writers=kind.holds_writers,
                )
            break
