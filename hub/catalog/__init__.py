"""
The catalogue: one literal `EventType` per event type, in one module per area of the company.

An event needs an entry in a module of this folder, a schema in `schemas/` and a template in
`hub/templates/`; a test fails until all three exist. `template` names the text of an audience that does
not read the event's main text.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.catalog.accounting import ACCOUNTING
from hub.catalog.administration import ADMINISTRATION
from hub.catalog.attention import ATTENTION
from hub.catalog.concierge import CONCIERGE
from hub.catalog.contracts import CONTRACTS
from hub.catalog.directory import DIRECTORY
from hub.catalog.emergencies import EMERGENCIES
from hub.catalog.maintenance import MAINTENANCE
from hub.catalog.orders import ORDERS
from hub.catalog.own import THE_HUB
from hub.catalog.privacy import PRIVACY
from hub.catalog.promises import PROMISES
from hub.catalog.quality import QUALITY
from hub.catalog.real_estate import REAL_ESTATE
from hub.catalog.residents import RESIDENTS
from hub.catalog.support import SUPPORT
from hub.model import EventType

GROUPS: Final[Mapping[str, tuple[EventType, ...]]] = MappingProxyType(
    {
        "attention": ATTENTION,
        "promises": PROMISES,
        "support": SUPPORT,
        "administration": ADMINISTRATION,
        "contracts": CONTRACTS,
        "accounting": ACCOUNTING,
        "maintenance": MAINTENANCE,
        "emergencies": EMERGENCIES,
        "concierge": CONCIERGE,
        "real_estate": REAL_ESTATE,
        "quality": QUALITY,
        "privacy": PRIVACY,
        "directory": DIRECTORY,
        "residents": RESIDENTS,
        "orders": ORDERS,
        "own": THE_HUB,
    }
)
"""The modules of the catalogue, in its order: name → events. `hub.rendering.titles_es` has their titles."""

CATALOG: Final[tuple[EventType, ...]] = tuple(kind for events in GROUPS.values() for kind in events)

BY_NAME: Final[Mapping[str, EventType]] = MappingProxyType({kind.name: kind for kind in CATALOG})
"""Routing key (`pqrs.received`) → its entry."""

BY_TYPE: Final[Mapping[str, EventType]] = MappingProxyType({kind.type: kind for kind in CATALOG})
"""CloudEvents type (`co.coproservicios.pqrs.received.v1`) → its entry."""
