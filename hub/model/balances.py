"""What is left of the money that a provider was given beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """`currency` is ISO 4217 (`COP`), or what the provider counts instead of money (`SMS`)."""

    amount: Decimal
    currency: str
