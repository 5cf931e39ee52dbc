"""The prepaid balance at a provider."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """`currency` is ISO 4217 (`COP`), or the unit that the provider counts instead (`SMS`)."""

    amount: Decimal
    currency: str
