"""Sources: the systems that events are of, compared as RFC 3986 and RFC 8141 compare URIs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

HUB_SOURCE = "urn:hub"
_PARTS: Final = f"{HUB_SOURCE}:"
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_COMPONENT: Final = re.compile("[?#]")
_AUTHORITY: Final = re.compile(r"//(?:[^/?#]*@)?([^/?#]*)")


@lru_cache(maxsize=1024)  # few systems publish, and each event of theirs asks
def normal_source(source: str) -> str:
    """
    Return the one spelling of all that mean the same source.

    Scheme, host and the namespace of a URN have no case; an unreserved character may be written as `%XX`;
    components (`?+…`, `?=…`, `#…`) are no part of the name that a URN is.
    """
    plain = _ESCAPE.sub(_unescaped, source)
    scheme, _, rest = plain.partition(":")
    if not rest or not _SCHEME.fullmatch(scheme):
        return plain
    scheme = scheme.lower()
    if scheme != "urn":
        return f"{scheme}:{_AUTHORITY.sub(_with_host, rest, count=1) if rest[:2] == '//' else rest}"
    namespace, colon, name = _COMPONENT.split(rest, maxsplit=1)[0].partition(":")
    return f"urn:{namespace.lower()}{colon}{name}"


def is_hub_source(source: str) -> bool:
    """Return whether only the hub itself may name this source: `urn:hub`, `urn:hub:import`, …"""
    named = normal_source(source)
    return named == HUB_SOURCE or named.startswith(_PARTS)


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


def _with_host(found: re.Match[str]) -> str:
    return found[0][: found.start(1)] + found[1].lower()
