"""The fields of a model as the columns of its table: the model alone defines the stored data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

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
    """Return name and PostgreSQL type of each field, in the order of the fields."""
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
