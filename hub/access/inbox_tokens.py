"""
The token with which a portal opens the inbox of one person.

    inbox.1795768200.cC1tYXJpYQ.5f2c…      the mark, when it ends, the person's reference, the signature

Nothing is stored: the signature is the proof, and the token ends by itself after a quarter of an hour. It
opens the inbox of that person and nothing else.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.access.keyring import KeyRing, Purpose

LASTS: Final = timedelta(minutes=15)
_MARK: Final = "inbox"
_PARTS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxHolder:
    """Whose inbox a token opens, and until when."""

    person: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxTokens:
    """Makes and reads the tokens; without HUB_SECRET it reads none."""

    ring: KeyRing
    now: Callable[[], datetime]

    def make(self, person: str) -> tuple[str, InboxHolder]:
        """Make a token for this person. Raises ConfigurationError without HUB_SECRET."""
        ends = int((self.now() + LASTS).timestamp())
        written = base64.urlsafe_b64encode(person.encode()).decode().rstrip("=")
        token = f"{_MARK}.{ends}.{written}.{self.ring.sign(Purpose.INBOX, person, str(ends))}"
        return token, _holder(person, ends)

    def holder(self, token: str) -> InboxHolder | None:
        """Return whose token it is, also if it has ended; None if the hub did not make it."""
        mark, *parts = token.split(".", _PARTS - 1)
        if mark != _MARK or len(parts) != _PARTS - 1 or not parts[0].isdecimal():
            return None
        ends, written, signature = parts
        try:
            person = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode()
        except ValueError:
            return None
        if self.ring.verify(Purpose.INBOX, signature, person, ends) is None:
            return None
        return _holder(person, int(ends))

    def live(self, token: str) -> InboxHolder | None:
        """Return whose token it is while it lasts."""
        holder = self.holder(token)
        return holder if holder is not None and self.now() < holder.ends_at else None


def _holder(person: str, ends: int) -> InboxHolder:
    return InboxHolder(person=person, ends_at=datetime.fromtimestamp(ends, UTC))
