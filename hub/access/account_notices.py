"""
Resets of passwords: the notice to the account's holder. Pure.

Whoever resets a password knows the next one. Its holder must learn of it elsewhere than at a sign-in, which
that password may open for somebody else.
"""

from __future__ import annotations

from typing import Final

from hub.model import AccountReset, Event, own_event

RESET: Final = "hub.account.reset"


def notice(reset: AccountReset, *, by: str) -> Event:
    """Make the event that tells the account's person; `by` is who has reset it, in words."""
    at = reset.at.isoformat()
    reset_id = f"{reset.account_id}:{at}"
    data = {
        "reset_id": reset_id,
        "account": reset.account,
        "holder": {"ref": reset.person},
        "by": by,
        "reset_at": at,
        "until": reset.until.isoformat(),
    }
    return own_event(RESET, f"account-reset:{reset_id}", data, time=reset.at)
