"""Rows that name a person by address alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ByAddress:
    """
    The addresses, in lower case, that stand for one person of the directory and for nobody else.

    `refs` are the references of a stranger who left only these.
    """

    refs: Collection[str] = ()
    addresses: Collection[str] = ()


NO_ADDRESS: Final = ByAddress()
