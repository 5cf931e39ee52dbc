"""
Resets of passwords: the notice to the account's holder. Pure.

Whoever resets a password knows the next one. Its holder must learn of it elsewhere than at a sign-in, which
that password may open for somebody else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from hub.model import Account, Event, own_event

RESET: Final = "hub.account.reset"


def notices(account: Account, *, by: str, until: datetime, now: datetime) -> list[Event]:
    """Make the event that notifies the account's person; none where the directory does not know who it is."""
    if account.person is None:
        return []
    reset_id = f"{account.id}:{now.isoformat()}"
    data = {
        "reset_id": reset_id,
        "account": account.name,
        "holder": {"ref": account.person},
        "by": by,
        "reset_at": now.isoformat(),
        "until": until.isoformat(),
    }
    return [own_event(RESET, f"account-reset:{reset_id}", data, time=now)]
