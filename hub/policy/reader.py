"""TOML tables → frozen structs; every error names the path of the key."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_origin

import msgspec

from hub.errors import InvalidPolicy
from hub.policy.values import parse_value

Table: TypeAlias = Mapping[str, Any]
T = TypeVar("T")

_WORDS: Final = (
    (re.compile(r"Object missing required field `(.*)`"), ".{0} is missing"),
    (re.compile(r"Object contains unknown field `(.*)`"), ".{0} is not known"),
    (re.compile(r"Invalid enum value '(.*)'"), ": {0} is not known"),
    (re.compile(r"Expected `object`, got .*"), " must be a table"),
    (re.compile(r"Expected `array`, got .*"), " must be a list"),
    (re.compile(r"Invalid RFC3339 encoded date"), ': {value} is not a date; write "2026-12-24"'),
)
"""Error text of msgspec → the text after the path."""


def overlay(base: Table, top: Table) -> dict[str, Any]:
    """Override `base` with `top` key by key; only tables on both sides are merged."""
    merged = dict(base)
    for key, value in top.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = overlay(below, value)
        else:
            merged[key] = value
    return merged


def read(kind: type[T], value: Any, path: str = "") -> T:
    """
    Read a value of a file as `kind`. Unknown keys, missing keys and wrong values are refused.

    msgspec does not name the key of a table with free keys, so on failure each part is read separately.
    """
    try:
        return msgspec.convert(value, kind, dec_hook=parse_value)
    except msgspec.ValidationError as exc:
        for key, part, wanted in _parts(kind, value):
            read(wanted, part, f"{path}{key}".removeprefix("."))
        raise InvalidPolicy(_complaint(kind, value, str(exc), path)) from exc


def refuse_unknown(word: str, known: Collection[str], path: str) -> None:
    """Refuse an unknown word, and suggest a known one."""
    if word not in known:
        raise InvalidPolicy(f"{path} is not known; {_suggest(word, known)}")


def _parts(kind: Any, value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the parts of a value: the rest of the path, the part, its type."""
    if isinstance(value, Mapping) and (fields := _fields(kind)):
        yield from ((f".{name}", value[name], fields[name]) for name in value if name in fields)
    elif isinstance(value, Mapping) and get_origin(kind) is Mapping:
        key_kind, value_kind = get_args(kind)
        yield from (("", key, key_kind) for key in value)
        yield from ((f".{key}", part, value_kind) for key, part in value.items())
    elif isinstance(value, list) and get_origin(kind) is tuple:
        yield from ((f"[{n}]", part, get_args(kind)[0]) for n, part in enumerate(value))


def _complaint(kind: Any, value: Any, words: str, path: str) -> str:
    for pattern, ours in _WORDS:
        if match := pattern.fullmatch(words):
            complaint = f"{path}{ours.format(*match.groups(), value=value)}".removeprefix(".")
            if complaint.endswith("is not known"):
                complaint += f"; {_suggest(match[1], _fields(kind) or list(kind))}"
            return complaint
    return f"{path}: {words}" if path else words


def _fields(kind: Any) -> Mapping[str, Any]:
    """Return the keys of a struct and their types; empty for other types."""
    is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return {field.encode_name: field.type for field in msgspec.structs.fields(kind)} if is_struct else {}


def _suggest(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, known)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
