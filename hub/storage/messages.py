"""Messages as rows: adding them and reading them back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from asyncpg import Record

from hub.catalog import CATALOG
from hub.model import Message, type_of
from hub.model.ids import span
from hub.model.state_machine import UNSENT
from hub.storage.database import Runner, encode, load

_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (UUID, "uuid"),
    (datetime, "timestamptz"),
    (timedelta, "interval"),
    (bool, "bool"),
    (int, "smallint"),
    (str, "text"),
    (tuple, "jsonb"),
)
"""Python type → PostgreSQL type; the first match counts, subtypes included."""


def columns_of(model: type) -> Mapping[str, str]:
    """Return name and PostgreSQL type of each field, in order: the model alone defines the stored data."""
    return {name: _type_of(hint) for name, hint in get_type_hints(model).items()}


def unnested(columns: Mapping[str, str]) -> str:
    """Write `unnest` of one parameter per column, from $1 on, as a table `given`."""
    arrays = (f"${number}::{kind}[]" for number, kind in enumerate(columns.values(), 1))
    return f"unnest({', '.join(arrays)}) AS given ({', '.join(columns)})"


def _type_of(hint: Any) -> str:
    """Read a field's annotation: `X | None` is an X, `tuple[X, ...]` a tuple."""
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    plain = next(part for part in parts if part is not NoneType)
    return next(name for kind, name in _TYPES if issubclass(get_origin(plain) or plain, kind))


_SQL = load("messages")
COLUMNS: Final = columns_of(Message)
_FIELDS: Final = attrgetter(*COLUMNS)
ADD: Final = _SQL["add"].format(
    columns=", ".join(COLUMNS),
    given=unnested(COLUMNS),
    first=f"${len(COLUMNS) + 1}",
    last=f"${len(COLUMNS) + 2}",
)

_ANSWERS: Final = sorted((kind.type, type_of(name)) for kind in CATALOG for name in kind.answered_by)
END_REMINDERS: Final = _SQL["end"].format(
    which="(message.occasion <> 'initial' OR event.time < ended.over_at AND message.purpose <> 'legal'"
    " OR EXISTS (SELECT FROM event AS answer WHERE answer.case_key = event.case_key"
    " AND answer.time >= event.time AND (event.type, answer.type) IN "
    f"({', '.join(map(str, _ANSWERS))})))"
)
"""Types of the catalogue: no quotes are in them."""
END_COLLECTION: Final = _SQL["end"].format(which="message.purpose = 'collection'")


async def add(run: Runner, messages: Sequence[Message]) -> None:
    # Sorted by key: two batches that overlap wait for each other instead of deadlocking. Integers compare
    # five times as fast as UUIDs.
    ordered = sorted(messages, key=lambda message: message.id.int)
    if ordered:
        await run.rows(ADD, *_values(ordered), *span(message.event_key for message in ordered))


async def end_reminders(
    run: Runner, ended: Mapping[str, datetime], over: Mapping[str, datetime] | None = None
) -> None:
    await _end(run, END_REMINDERS, ended, over or {})


async def end_collection(run: Runner, ended: Mapping[str, datetime]) -> None:
    await _end(run, END_COLLECTION, ended, {})


async def _end(
    run: Runner, statement: str, ended: Mapping[str, datetime], over: Mapping[str, datetime]
) -> None:
    whole = [over.get(case) for case in ended]
    await run.rows(statement, list(ended), list(ended.values()), sorted(UNSENT), whole)


async def queued(run: Runner, event_keys: Collection[UUID]) -> Sequence[Message]:
    rows = await run.rows(_SQL["queued"], sorted(event_keys), *span(event_keys))
    return [message_of(row) for row in rows]


def message_of(row: Record) -> Message:
    """Read a row of `message`. NULL means the field's default; other columns are ignored."""
    return msgspec.convert({name: value for name, value in row.items() if value is not None}, Message)


def _values(messages: Sequence[Message]) -> Iterator[Sequence[object]]:
    """Return the values of each column. Empty JSON, which is common, becomes NULL."""
    for kind, values in zip(COLUMNS.values(), zip(*map(_FIELDS, messages), strict=True), strict=True):
        yield [encode(value) if value else None for value in values] if kind == "jsonb" else values
