"""Collection from the payer of a unit: the registered payer, or else its owners."""

from __future__ import annotations

from typing import Final

from hub.catalog import CATALOG
from hub.model import Purpose, Role

TO_PAYERS: Final = frozenset(
    kind.name
    for kind in CATALOG
    for audience in kind.audiences
    if audience.purpose is Purpose.COLLECTION and Role.PAYER.value in audience.who
)
"""Events that collect from the payer of their unit. The claim reads the payer again before each send."""
