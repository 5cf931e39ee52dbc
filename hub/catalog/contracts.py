"""The contracts of the company's own services with its clients."""

from __future__ import annotations

from typing import Final

from hub.catalog.audiences import to
from hub.model import EventType, Print, Purpose

RENEWED: Final = "contract.renewed"
ENDED: Final = "contract.ended"
"""How a contract goes on, or not: of these is the renewal rate."""

CASE: Final = "contract_id"
REALM: Final = "services."
"""A lease has a `contract_id` too: the realm keeps the two kinds of contracts apart."""

CONTRACTS: Final = (
    EventType(
        name="contract.renewal.due",
        case=CASE,
        realm=REALM,
        audiences=(
            to("staff:account_manager", Purpose.INTERNAL, "inbox+email", template="staff"),
            to("client", Purpose.SERVICE, "email"),
        ),
        useful_until="ends_on",
    ),
    EventType(
        name=RENEWED,
        case=CASE,
        realm=REALM,
        audiences=(to("client", Purpose.TRANSACTIONAL, "email"),),
    ),
    EventType(
        name=ENDED,
        case=CASE,
        realm=REALM,
        audiences=(to("client", Purpose.TRANSACTIONAL, "email", print=Print.LETTER),),
    ),
)
