"""Rows that name a person by address alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ByAddress:
    """
    The addresses, in lower case, that stand for one person and for nobody else, and until when they do.

    `refs` are the references of a stranger who left only these.
    """

    refs: Mapping[str, datetime] = field(default_factory=dict)
    addresses: Mapping[str, datetime] = field(default_factory=dict)


NO_ADDRESS: Final = ByAddress()
