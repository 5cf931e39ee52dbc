"""
The open streams of inboxes: the reader of an inbox hears of a new entry without asking.

One task asks PostgreSQL for all streams of the process, once a second, and only while there are any. Places
in the order of entries are given before they are committed, so each look goes back a few seconds, and an
entry that was shown is not shown again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from hub.errors import HubError
from hub.model import InboxArrival, InboxArrivals
from hub.storage import PostgresInbox
from hub.tasks import cancel

EVERY: Final = 1.0
"""Seconds between two looks."""
BACK: Final = 10.0
"""Seconds that a look goes back: longer than any statement that stores entries may take."""
MOST: Final = 200
"""Streams of one process: each holds a connection, of which there are 512."""
MOST_OF_ONE: Final = 5
"""Streams of one person: tabs and devices. Another one ends the oldest."""
_BEHIND: Final = 100
"""A client so many entries behind reads nothing any more: its stream ends."""

log = structlog.get_logger()


class InboxStream:
    """Arrivals of one stream that are not yet written to it."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.is_open = True
        self._came: deque[InboxArrival] = deque()
        self._wake = asyncio.Event()

    def put(self, arrival: InboxArrival) -> None:
        self._came.append(arrival)
        if len(self._came) > _BEHIND:
            self.close()
        self._wake.set()

    def close(self) -> None:
        self.is_open = False
        self._wake.set()

    async def next(self, seconds: float) -> list[InboxArrival]:
        """Return the arrivals, at once or within this time; nothing after it, or when it was closed."""
        if not self._came and self.is_open:
            self._wake.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                return []
        came, self._came = list(self._came), deque()
        return came


class InboxStreams:
    """The streams of a process."""

    def __init__(self, store: PostgresInbox, *, every: float = EVERY) -> None:
        self._store = store
        self._every = every
        self._open: dict[str, list[InboxStream]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    def __len__(self) -> int:
        return sum(map(len, self._open.values()))

    @property
    def is_full(self) -> bool:
        return len(self) >= MOST

    @asynccontextmanager
    async def open(self, person: str) -> AsyncIterator[InboxStream]:
        """Open a stream of the arrivals from now on. Raises StorageUnavailable."""
        stream = InboxStream(person)
        mine = self._open.setdefault(person, [])
        mine.append(stream)
        try:
            async with self._starting:
                if self._looking is None or self._looking.done():
                    begun = await self._store.arrivals(None, ())
                    self._looking = asyncio.create_task(self._look(begun.newest), name="inbox streams")
            for oldest in mine[:-MOST_OF_ONE]:
                oldest.close()
            yield stream
        finally:
            mine.remove(stream)
            if not mine and self._open.get(person) is mine:
                del self._open[person]

    async def since(self, place: int, person: str) -> InboxArrivals:
        """Return the arrivals of a person after the last entry that a client has seen."""
        return await self._store.arrivals(place, [person])

    async def aclose(self) -> None:
        """End all streams: the process stops."""
        for streams in self._open.values():
            for stream in streams:
                stream.close()
        if self._looking is not None:
            await cancel(self._looking)

    async def _look(self, newest: int) -> None:
        """Look for new entries until no stream is left."""
        known: deque[tuple[float, int]] = deque([(time.monotonic(), newest)])
        shown: dict[int, float] = {}
        while self._open:
            await asyncio.sleep(self._every)
            try:
                found = await self._store.arrivals(known[0][1], list(self._open))
            except HubError as exc:
                log.warning("inbox.streams_wait", error=str(exc))
                continue
            now = time.monotonic()
            self._show([arrival for arrival in found.found if arrival.place not in shown])
            shown.update({arrival.place: now for arrival in found.found if arrival.place not in shown})
            shown = {place: at for place, at in shown.items() if at > now - 2 * BACK}
            known.append((now, found.newest))
            while len(known) > 1 and known[1][0] <= now - BACK:
                known.popleft()

    def _show(self, arrivals: list[InboxArrival]) -> None:
        for arrival in arrivals:
            for stream in self._open.get(arrival.person, ()):
                stream.put(arrival)
