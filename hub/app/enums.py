"""Enums: decoded once before any thread may be the first to do so."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import msgspec


def decode_each() -> None:
    """
    Let msgspec read each enum of the hub that is loaded; repeating it costs nothing.

    It keeps what it has read at the class. Where two threads are the first to decode an enum, msgspec 0.22
    ends the process with a segmentation fault.
    """
    for enum in hub_enums():
        first = next(iter(enum))
        assert msgspec.convert(first.value, enum) is first


def hub_enums() -> Iterator[type[Enum]]:
    """Yield the loaded enums of the hub that can be decoded: their values are all text, or all integers."""
    waiting = list(Enum.__subclasses__())
    while waiting:
        enum = waiting.pop()
        waiting += enum.__subclasses__()
        if enum.__module__.partition(".")[0] == "hub" and _is_decodable(enum):
            yield enum


def _is_decodable(enum: type[Enum]) -> bool:
    return any(len(enum) and all(isinstance(one.value, kind) for one in enum) for kind in (str, int))
