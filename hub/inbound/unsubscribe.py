"""
The link that stops the messages of one purpose by every channel, with one click (RFC 8058).

The recipient has no session, and neither has the mailbox provider that presses for them: the signature is the
proof. It is of one message and one purpose, and ends after `VALID_FOR`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import structlog

from hub.access import audit
from hub.access.keyring import KeyRing, Purpose
from hub.contact_rules.purposes import REVOCABLE
from hub.model import Message, Revocation
from hub.model.actors import of_link
from hub.ports import AuditStore, UnsubscribeStore
from hub.settings.values import carries_links

PATH: Final = "/unsubscribe/{id}"
VALID_FOR: Final = timedelta(days=180)
"""From the event on. Mailbox providers ask for 30 days at least."""
CHANNEL: Final = "email"
METHOD: Final = "one_click"

log = structlog.get_logger()


class LinkState(StrEnum):
    """The state of a link."""

    VALID = "asked"
    FORGED = "wrong"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribeLinks:
    """Signs and verifies these links."""

    public_url: str
    ring: KeyRing

    def of(self, message: Message) -> str:
        """
        Make the link of a mail that nobody has to receive; empty for other messages.

        It is empty without a signing key, and where the hub is reached over plain http (RFC 8058, 3.1).
        """
        if message.channel != CHANNEL or message.purpose not in REVOCABLE:
            return ""
        usable = bool(self.ring) and carries_links(self.public_url)
        return self.to(message.id, message.purpose) if usable else ""

    def to(self, message_id: UUID, purpose: str) -> str:
        signature = self.ring.sign(Purpose.UNSUBSCRIBE, CHANNEL, purpose, str(message_id))
        query = urlencode({"purpose": purpose, "sig": signature})
        return f"{self.public_url}{PATH.format(id=message_id)}?{query}"

    def state(self, message_id: UUID, purpose: str, given: str, now: datetime) -> LinkState:
        parts = CHANNEL, purpose, str(message_id)
        if purpose not in REVOCABLE or self.ring.verify(Purpose.UNSUBSCRIBE, given, *parts) is None:
            return LinkState.FORGED
        return LinkState.EXPIRED if now > _time_of(message_id) + VALID_FOR else LinkState.VALID


async def unsubscribe(
    message_id: UUID,
    purpose: str,
    signature: str,
    *,
    store: UnsubscribeStore,
    notes: AuditStore,
    now: datetime,
) -> bool:
    """
    Revoke the purpose by every channel, for whoever got the message, as the word BAJA does; safe to repeat.

    The ledger has the digest of the signature as its proof. False where the message is no longer stored.
    Raises StorageUnavailable.
    """
    found = await store.recipient(message_id, purpose)
    if found is None:
        return False
    person, refused = found
    if refused:
        return True
    subject, who = f"message:{message_id}", of_link(person)
    await audit.note(notes, who=who, action="consent.revoke", subject=subject, person=person, purpose=purpose)
    revocation = Revocation(
        message_id=message_id,
        purpose=purpose,
        method=METHOD,
        proof=f"sha256:{sha256(signature.encode()).hexdigest()}",
        at=now,
    )
    if await store.unsubscribe(revocation):
        log.info("consent.revoked", message_id=str(message_id), purpose=purpose, method=METHOD)
    return True


def _time_of(message_id: UUID) -> datetime:
    """Return when the event of a message happened: its id begins with that."""
    return datetime.fromtimestamp((message_id.int >> 80) / 1000, UTC)
