"""A guard for trials with real providers: only listed recipients are contacted."""

from __future__ import annotations

from collections.abc import Collection

from hub.errors import PermanentFailure
from hub.model import Accepted, ChannelTraits, Outgoing
from hub.ports import Channel


class Allowlisted:
    """
    Sends only to these recipients: `maria@example.co`, `*@example.co`, `+573001234567`, `push:TOKEN`.

    Letter case does not matter. Everybody else ends as failed, reason `not_allowed_here`.
    """

    def __init__(self, inner: Channel, recipients: Collection[str]) -> None:
        self.traits: ChannelTraits = inner.traits
        self.inner = inner
        self._recipients = frozenset(recipient.casefold() for recipient in recipients)

    async def send(self, outgoing: Outgoing) -> Accepted:
        if self._recipients.isdisjoint(self._names(outgoing.message.address.casefold())):
            raise PermanentFailure("not_allowed_here", provider="hub")
        return await self.inner.send(outgoing)

    async def aclose(self) -> None:
        await self.inner.aclose()

    def _names(self, address: str) -> set[str]:
        """Return the list entries that would allow this address."""
        domain = address.rpartition("@")[2]
        wider = {"email": {f"*@{domain}", f"@{domain}"}, "push": {f"push:{address}"}}
        return {address} | wider.get(self.traits.contact or "", set())
