"""Channels that send nothing and return scripted answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import ClassVar, TypeAlias

from hub.model import Accepted, ChannelTraits, Lane, Outgoing
from hub.resilience.rate_limit import Buckets, Rate, SendRecord

Answer: TypeAlias = Accepted | Exception | Callable[[Outgoing], Awaitable[Accepted]]
"""A provider's answer: an acceptance, an error to raise, or a coroutine function that decides."""


class MemoryChannel:
    """Records the messages to send. Accepts when no answer is scripted."""

    traits: ClassVar[ChannelTraits] = ChannelTraits(name="memory", contact="email")

    def __init__(self, *answers: Answer) -> None:
        self.sent: list[Outgoing] = []
        self.closed = False
        self._answers = deque(answers)

    async def send(self, outgoing: Outgoing) -> Accepted:
        self.sent.append(outgoing)
        answer = self._answers.popleft() if self._answers else Accepted(provider="memory")
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Accepted) else await answer(outgoing)

    async def aclose(self) -> None:
        self.closed = True


class MemoryEmail(MemoryChannel):
    traits: ClassVar[ChannelTraits] = ChannelTraits(name="email", contact="email")


class MemorySms(MemoryChannel):
    traits: ClassVar[ChannelTraits] = ChannelTraits(name="sms", contact="phone", text_phone=True)


class MemoryPush(MemoryChannel):
    traits: ClassVar[ChannelTraits] = ChannelTraits(name="push", contact="push")


class MemoryInbox(MemoryChannel):
    traits: ClassVar[ChannelTraits] = ChannelTraits(name="inbox", contact=None, confirms=True, waits=True)


class MemoryThrottle:
    """`hub.ports.Throttle`; `clock` returns seconds. `calls` counts the calls."""

    def __init__(self, clock: Callable[[], float], *, urgent_share: float = 0.2) -> None:
        self.calls = 0
        self._buckets = Buckets(clock, urgent_share=urgent_share)

    async def take(self, key: str, rate: Rate, lane: Lane) -> timedelta:
        self.calls += 1
        return self._buckets.take(key, rate, lane)

    async def admit(self, entries: Sequence[SendRecord]) -> Sequence[timedelta]:
        self.calls += 1
        return self._buckets.admit(entries)
