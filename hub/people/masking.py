"""Masks person data: enough is shown to recognise one's own data, too little to use it. Pure."""

from __future__ import annotations

import re
from typing import Final

_HIDDEN: Final = "***"
_LAST: Final = 4
_LONG: Final = 11
"""Minimal length of a number that keeps four digits hidden between the shown start and end."""

_CONTACT: Final = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w+-])(?:\+\d(?:[ -]?\d){9,14}|3\d\d ?\d{3} ?\d{4})(?![\w-])"
)
"""A mail address, a number with its country, or a Colombian mobile number."""


def mask_name(name: str) -> str:
    """`María Peña` → `M*** P***`."""
    return " ".join(word[0] + _HIDDEN for word in name.split())


def mask_address(address: str) -> str:
    """`maria@example.co` → `m***@e***.co`, `+573001234567` → `+57 *** *** 4567`, a token → `…last`."""
    local, at, domain = address.rpartition("@")
    if at:
        name, _, suffix = domain.rpartition(".")
        return f"{local[:1]}{_HIDDEN}@{name[:1]}{_HIDDEN}.{suffix}"
    if address.startswith("+") and len(address) >= _LONG:
        return f"{address[:3]} {_HIDDEN} {_HIDDEN} {address[-_LAST:]}"
    return f"…{address[-_LAST:]}" if len(address) > 2 * _LAST else _HIDDEN


def mask_contacts(text: str) -> str:
    """Mask each address and mobile number in a text."""
    return _CONTACT.sub(lambda found: mask_address(found[0]), text)


def mask_reference(reference: str | None) -> str | None:
    """
    `wamid.HBgMNTczMDAx…` → `wamid.…last`: it contains the reader's number in base64. Others stay unchanged.
    """
    scheme, dot, rest = (reference or "").partition(".")
    return f"wamid.…{rest[-2 * _LAST :]}" if dot and scheme == "wamid" else reference
