"""TOML tables into frozen structs; every complaint names the key by its path."""

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
"""What msgspec says → what is said after the path."""


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


def read(kind: type[T], value: Any, path: str = "") -> T:
    """
    Read what stands in a file as `kind`. Unknown keys, missing keys and wrong values are refused.

    msgspec does not name the key of a table whose keys are free: on failure each part is read by itself.
    """
    try:
        return msgspec.convert(value, kind, dec_hook=parse_value)
    except msgspec.ValidationError as exc:
        for key, part, wanted in _parts(kind, value):
            read(wanted, part, f"{path}{key}".removeprefix("."))
        raise InvalidPolicy(_complaint(kind, value, str(exc), path)) from exc


def refuse_unknown(word: str, known: Collection[str], path: str) -> None:
    """Refuse a word that is not known, and say which one may have been meant."""
    if word not in known:
        raise InvalidPolicy(f"{path} is not known; {_suggest(word, known)}")


def _parts(kind: Any, value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Answer the parts of a value: how its path goes on, the part, what it should be."""
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
        if found := pattern.fullmatch(words):
            said = f"{path}{ours.format(*found.groups(), value=value)}".removeprefix(".")
            if said.endswith("is not known"):
                said += f"; {_suggest(found[1], _fields(kind) or list(kind))}"
            return said
    return f"{path}: {words}" if path else words


def _fields(kind: Any) -> Mapping[str, Any]:
    """Answer the keys of a struct and what each should be; none of what is no struct."""
    is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return {field.encode_name: field.type for field in msgspec.structs.fields(kind)} if is_struct else {}


def _suggest(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, known)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
