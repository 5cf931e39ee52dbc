"""
Channels that delivery has built: it tells of them in the database, so that intake needs no provider's URL.
It tells too whether messages have links to their pages, for which intake would need HUB_SECRET.

An intake whose settings name no channel plans with what was told last; until something was, it takes in
nothing: it would plan messages to nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final

import structlog

from hub.channels.registry import traits_of
from hub.errors import Unavailable
from hub.model import ChannelTraits
from hub.tasks import reraise_if_cancelled

EVERY: Final = 30.0
"""Seconds between two times that delivery tells, and that intake asks."""
AGAIN: Final = 1.0
"""Seconds until intake asks again while it knows of none."""
LINKS: Final = "links"
"""Told beside the channels where messages have links to their pages; an older intake leaves it out."""

log = structlog.get_logger()


class KnownChannels:
    """
    The channels that a process of delivery has told of, as this one last asked.

    `traits` changes in place: planning holds it. While the database is away, or has nothing, it stays, and so
    does `links`: whether messages have links to their pages.
    """

    def __init__(self, ask: Callable[[], Awaitable[Collection[str]]]) -> None:
        self.traits: Final[dict[str, ChannelTraits]] = {}
        self.links = False
        self.known: Final = asyncio.Event()
        self._ask = ask

    async def keep(self) -> None:
        """Ask until cancelled."""
        await self.look()
        if not self.known.is_set():
            log.warning("channels.awaited", meaning="no event is taken in until delivery has run")
        while True:
            await asyncio.sleep(EVERY if self.known.is_set() else AGAIN)
            await self.look()

    async def look(self) -> None:
        """Ask once."""
        try:
            names = await self._ask()
        except Unavailable as exc:
            reraise_if_cancelled()
            log.warning("channels.not_asked", error=str(exc))
            return
        told = traits_of(names)
        if told:
            self.links = LINKS in names
        if told and told != self.traits:
            # At once: planning never sees a part of them.
            self.traits.clear()
            self.traits.update(told)
            self.known.set()
            log.info("channels.known", channels=list(told))


async def keep_told(tell: Callable[[Collection[str]], Awaitable[None]], names: Collection[str]) -> None:
    """Tell of the channels of this process until cancelled; of several processes the last writer counts."""
    while True:
        try:
            await tell(names)
        except Unavailable as exc:
            reraise_if_cancelled()
            log.warning("channels.untold", error=str(exc))
        await asyncio.sleep(EVERY)
