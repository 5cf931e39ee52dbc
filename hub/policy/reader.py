"""TOML tables into frozen structs; every complaint names the key by its path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_origin

import msgspec

from hub.errors import InvalidPolicy

Table: TypeAlias = Mapping[str, Any]
Parsers: TypeAlias = Mapping[Any, Callable[[Any], Any]]
"""Annotation → what reads a value of it, raising InvalidPolicy."""
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")

_REQUIRED: Final = msgspec.NODEFAULT


def overlay(base: Table, top: Table) -> dict[str, Any]:
    """Lay `top` over `base` key by key; what is not a table on both sides is replaced whole."""
    merged = dict(base)
    for key, value in top.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = overlay(below, value)
        else:
            merged[key] = value
    return merged


def read_struct(kind: type[S], table: Any, parsers: Parsers, path: str = "") -> S:
    """Read a table as the struct `kind`. Unknown keys, missing keys and wrong values are refused."""
    table = as_table(table, path)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    check_keys(table, fields, path)
    for name, field in fields.items():
        if name not in table and field.default is field.default_factory is _REQUIRED:
            raise InvalidPolicy(f"{_join(path, name)} is missing")
    values = {
        fields[name].name: _read(fields[name].type, value, parsers, _join(path, name))
        for name, value in table.items()
    }
    return _complaining(path, lambda: kind(**values))


def as_table(value: Any, path: str) -> Table:
    if not isinstance(value, Mapping):
        raise InvalidPolicy(f"{path} must be a table")
    return value


def check_keys(table: Any, known: Collection[str], path: str) -> None:
    """Refuse a key that is not known, and say which one may have been meant."""
    for key in as_table(table, path):
        if key not in known:
            raise InvalidPolicy(f"{_join(path, key)} is not known; {_suggest(key, known)}")


def _read(kind: Any, value: Any, parsers: Parsers, path: str) -> Any:
    if kind in parsers:
        return _complaining(path, lambda: parsers[kind](value))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return read_struct(kind, value, parsers, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _read_enum(kind, value, path)
    if get_origin(kind) is Mapping:
        return _read_mapping(kind, value, parsers, path)
    if get_origin(kind) is tuple:
        return _read_list(kind, value, parsers, path)
    return _complaining(path, lambda: msgspec.convert(value, kind))


def _read_mapping(kind: Any, table: Any, parsers: Parsers, path: str) -> dict[Any, Any]:
    key_kind, value_kind = get_args(kind)
    return {
        _read(key_kind, key, parsers, path): _read(value_kind, value, parsers, _join(path, key))
        for key, value in as_table(table, path).items()
    }


def _read_list(kind: Any, values: Any, parsers: Parsers, path: str) -> tuple[Any, ...]:
    item_kind, _ = get_args(kind)
    if not isinstance(values, list):
        raise InvalidPolicy(f"{path} must be a list")
    return tuple(_read(item_kind, value, parsers, f"{path}[{n}]") for n, value in enumerate(values))


def _read_enum(kind: type[Enum], value: Any, path: str) -> Enum:
    words = [str(member.value) for member in kind]
    if value not in words:
        raise InvalidPolicy(f"{path}: {value} is not known; {_suggest(str(value), words)}")
    return kind(value)


def _complaining(path: str, build: Callable[[], T]) -> T:
    """Put the path before whatever `build` complains about."""
    try:
        return build()
    except (InvalidPolicy, msgspec.ValidationError) as exc:
        raise InvalidPolicy(f"{path}: {exc}" if path else str(exc)) from exc


def _suggest(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, known)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
