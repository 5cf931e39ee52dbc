"""The providers' side: accepted messages with their instants, read from the address and the text alone."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from hub.errors import PermanentFailure, TransientFailure
from hub.model import Accepted, ChannelTraits, Claimed, Outgoing, Rendered
from hub.ports import Channel

TRAITS: Final = (
    ChannelTraits(name="email", contact="email"),
    ChannelTraits(name="sms", contact="phone", text_phone=True),
    ChannelTraits(name="whatsapp", contact="phone", text_phone=True),
    ChannelTraits(name="push", contact="push"),
    ChannelTraits(name="inbox", contact=None, confirms=True, waits=True),
    ChannelTraits(name="print", contact=None, strangers=True),
)


_NOBODY: Final = UUID(int=0)


class Killed(BaseException):
    """The worker is gone: nothing of the hub may catch this, as nothing catches a SIGKILL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """
    A message that one provider has accepted: all that it can know.

    `kind` is what a reader sees it is, `message_id` the link in it.
    """

    at: datetime
    channel: str
    address: str
    text: str
    kind: str = ""
    language: str = "es"
    message_id: UUID = _NOBODY


def render(claimed: Claimed) -> Rendered:
    """Write the event's id as the text: the provider's side reads in it what the message is about."""
    return Rendered(text=claimed.message.event_id, language=claimed.message.locale)


@dataclass(kw_only=True)
class Luck:
    """The rate of failures, from a seed, and the outages of each channel."""

    random: Random
    lost_answers: float = 0.0
    deaths: float = 0.0
    refusals: float = 0.0
    away: Sequence[tuple[str, datetime, datetime]] = ()

    def is_away(self, channel: str, at: datetime) -> bool:
        return any(name == channel and since <= at < until for name, since, until in self.away)


@dataclass(kw_only=True)
class Provider:
    """A channel that records what it accepts, and then may lose its answer, or its caller."""

    traits: ChannelTraits
    now: Callable[[], datetime]
    luck: Luck
    accepted: list[Delivery] = field(default_factory=list)
    seen: int = 0
    """How many of them their readers have seen."""

    async def send(self, outgoing: Outgoing) -> Accepted:
        # Here another worker has its turn, as it has while a request is under way.
        await asyncio.sleep(0)
        name, chance = self.traits.name, self.luck.random.random()
        if self.traits.contact is None:
            # The hub's own: it stores what lies in an inbox, and prints.
            self._accept(outgoing)
            return Accepted(provider=name)
        if self.luck.is_away(name, self.now()):
            raise TransientFailure("unavailable", provider=name, retry_after=timedelta(minutes=20))
        if chance < self.luck.refusals:
            raise PermanentFailure("refused", provider=name)
        self._accept(outgoing)
        chance -= self.luck.refusals
        if 0 <= chance < self.luck.lost_answers:
            raise TransientFailure("timeout", provider=name, unknown=True)
        if 0 <= chance - self.luck.lost_answers < self.luck.deaths:
            raise Killed
        return Accepted(provider=name)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _accept(self, outgoing: Outgoing) -> None:
        delivery = Delivery(
            at=self.now(),
            channel=self.traits.name,
            address=outgoing.message.address,
            text=outgoing.rendered.text,
            kind=outgoing.message.event,
            language=outgoing.rendered.language,
            message_id=outgoing.message.id,
        )
        self.accepted.append(delivery)


def providers(now: Callable[[], datetime], luck: Luck) -> dict[str, Provider]:
    return {traits.name: Provider(traits=traits, now=now, luck=luck) for traits in TRAITS}


def as_channels(found: dict[str, Provider]) -> dict[str, Channel]:
    return {**found}
