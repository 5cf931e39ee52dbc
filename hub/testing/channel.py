"""Channels that send nothing and return scripted answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeAlias

from hub.model import Accepted, ChannelTraits, Outgoing

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
