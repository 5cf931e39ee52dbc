"""
What has changed since a page was made: each open page hears it by topic, and without any content.

The page then loads itself again, with the rights of whoever looks at it. One task asks for all pages of the
process, every two seconds, and only about the topics of pages that are open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeAlias

import structlog

from hub.errors import HubError
from hub.ports import BulkStore, ContactStore, LogStore, MessageFilter
from hub.tasks import cancel

EVERY: Final = 2.0
"""Seconds between two looks."""
MOST: Final = 200
"""Streams of one process: each holds a connection, of which there are 512."""
SHOWN: Final = 50
"""Rows of a list's first page."""
Mark: TypeAlias = Callable[[], Awaitable[object]]
"""Returns what differs once something of a topic has changed."""

log = structlog.get_logger()


def marks_of(*, log: LogStore, contacts: ContactStore, bulk: BulkStore) -> Mapping[str, Mark]:
    """Return topic → mark, for all topics that pages may show."""

    async def messages() -> object:
        newest = await log.messages(MessageFilter(), after=None, limit=SHOWN)
        return newest.items, (await log.counts())["messages"]

    async def clocks() -> object:
        return (await log.counts())["clocks"]

    async def dead() -> object:
        return (await log.counts())["dead"]

    async def replies() -> object:
        return (await contacts.replies(kind=None, after=None, limit=SHOWN)).items

    async def runs() -> object:
        return (await bulk.runs(after=None, limit=SHOWN)).items

    return {"messages": messages, "clocks": clocks, "dead": dead, "replies": replies, "bulk": runs}


class LiveStream:
    """The topics that one page shows, and which of them have changed."""

    def __init__(self, topics: frozenset[str], unseen: frozenset[str] = frozenset()) -> None:
        self.topics = topics
        self.unseen = unseen
        """Topics whose mark the next look takes for the first time: what changed until then, nobody knows."""
        self.is_open = True
        self._changed: set[str] = set()
        self._wake = asyncio.Event()

    def put(self, changed: frozenset[str]) -> None:
        if mine := changed & self.topics:
            self._changed |= mine
            self._wake.set()

    def close(self) -> None:
        self.is_open = False
        self._wake.set()

    async def next(self, seconds: float) -> list[str]:
        """Return what has changed, at once or within this time; nothing when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        changed, self._changed = sorted(self._changed), set()
        if self.is_open:
            self._wake.clear()
        return changed


class LiveChanges:
    """The open streams of a process, all served by one look."""

    def __init__(self, marks: Mapping[str, Mark], *, every: float = EVERY) -> None:
        self.topics = frozenset(marks)
        self._marks = marks
        self._every = every
        self._open: list[LiveStream] = []
        self._seen: Mapping[str, object] = {}
        self._looking: asyncio.Task[None] | None = None
        self._has_begun = False

    @property
    def is_full(self) -> bool:
        return len(self._open) >= MOST

    @asynccontextmanager
    async def open(self, topics: frozenset[str]) -> AsyncIterator[LiveStream]:
        """Open a stream of what changes from now on."""
        is_idle = self._looking is None or self._looking.done()
        if is_idle:
            self._has_begun = False
        stream = LiveStream(topics, topics - self._seen.keys() if self._has_begun else frozenset())
        self._open.append(stream)
        try:
            if is_idle:
                self._seen = {}
                self._looking = asyncio.create_task(self._look(), name="live changes")
            yield stream
        finally:
            self._open.remove(stream)

    async def aclose(self) -> None:
        """End all streams: the process stops."""
        for stream in self._open:
            stream.close()
        if self._looking is not None:
            await cancel(self._looking)

    async def _look(self) -> None:
        """Look until no stream is left."""
        while self._open:
            self._has_begun = True
            looked_for = list(self._open)
            try:
                changed = await self._changed()
            except HubError as exc:
                log.warning("live.waits", error=str(exc))
            else:
                for stream in looked_for:
                    stream.put(changed | stream.unseen)
                    stream.unseen = frozenset()
            await asyncio.sleep(self._every)

    async def _changed(self) -> frozenset[str]:
        wanted = {topic for stream in self._open for topic in stream.topics}
        found = {topic: await self._marks[topic]() for topic in wanted}
        known = found.keys() & self._seen.keys()
        changed = frozenset(topic for topic in known if self._seen[topic] != found[topic])
        # What nobody shows is forgotten: who comes back to it has loaded the page anew.
        self._seen = found
        return changed
