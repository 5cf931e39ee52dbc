"""
Changes since a page was made: each open page hears of them by topic, and without any content.

The page then loads itself again, with the rights of its reader. One task asks for all pages of the process,
every two seconds, and only about the topics of pages that are open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from hashlib import sha256
from typing import Final, TypeAlias
from urllib.parse import quote, unquote

import structlog

from hub.doors.live import Mark
from hub.errors import HubError
from hub.ports import MessageFilter
from hub.storage import PostgresLog
from hub.tasks import cancel
from hub.web.monitoring.remembered import Counted

EVERY: Final = 2.0
"""Seconds between two looks."""
MOST: Final = 200
"""Streams of one process: each holds a connection, of which there are 512."""
MOST_OF_ONE: Final = 20
"""Streams of one caller: the windows that somebody has in sight. Another one ends the oldest."""
SHOWN: Final = 50
"""Rows of a list's first page."""
MarkOfCase: TypeAlias = Callable[[str], Awaitable[object]]
"""The same of one case, by its key."""
_CASE: Final = "case:"
"""
The beginning of the topic of one case. Its page is audited: it loads itself again only when this case has
changed, and then somebody has seen the news.
"""
_LONGEST: Final = 190

log = structlog.get_logger()


def marks_of(counts: Counted, log: PostgresLog) -> Mapping[str, Mark]:
    """Return topic → mark, for the topics of pages that the counts of the metrics tell, too."""
    first = partial(log.messages, MessageFilter(), after=None, limit=SHOWN)
    return {
        "clocks": partial(_count, counts, "clocks"),
        "messages": with_count(first, counts, "messages"),
    }


def with_count(mark: Mark, counts: Counted, what: str) -> Mark:
    """
    Return the mark of rows and of their count, which is kept for a while.

    A page that loads itself for a change may still get the count from before it, and hears once more when the
    rows are counted anew.
    """
    return _together(mark, partial(_count, counts, what))


async def _count(counts: Counted, what: str) -> object:
    return (await counts.get())[what]


def _together(*marks: Mark) -> Mark:
    async def together() -> object:
        return [await mark() for mark in marks]

    return together


def topic_of(case: str) -> str:
    """Return the topic of one case; empty for a key that is too long for a page to ask for."""
    topic = f"{_CASE}{quote(case, safe='')}"
    return topic if len(topic) <= _LONGEST else ""


def case_of(topic: str) -> str | None:
    """Return the key of the case whose topic it is; None for any other topic."""
    return unquote(topic.removeprefix(_CASE)) if topic.startswith(_CASE) else None


class LiveStream:
    """The topics that one page shows, and which of them have changed."""

    def __init__(self, topics: frozenset[str], unseen: frozenset[str] = frozenset(), who: str = "") -> None:
        self.topics = topics
        self.who = who
        self.unseen = unseen
        """Topics whose mark the next look takes for the first time: nobody knows of changes until then."""
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
        """Return the topics that have changed, at once or within this time; nothing when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        changed, self._changed = sorted(self._changed), set()
        if self.is_open:
            self._wake.clear()
        return changed


class LiveChanges:
    """The open streams of a process, all served by one look."""

    def __init__(
        self, marks: Mapping[str, Mark], *, of_case: MarkOfCase | None = None, every: float = EVERY
    ) -> None:
        self.topics = frozenset(marks)
        self._of_case = of_case
        self._marks = marks
        self.every = every
        """Seconds between two looks."""
        self._open: list[LiveStream] = []
        self._seen: Mapping[str, object] = {}
        self._looking: asyncio.Task[None] | None = None
        self._has_begun = False

    @property
    def is_full(self) -> bool:
        return len(self._open) >= MOST

    async def stands(self, *topics: str) -> str:
        """Return the mark of topics: a few letters, which differ once one has changed; "" without a topic."""
        marks = [await self._mark(topic) for topic in sorted(filter(None, topics))]
        return sha256(repr(marks).encode()).hexdigest()[:16] if marks else ""

    @asynccontextmanager
    async def open(
        self, topics: frozenset[str], *, who: str = "", stood: str = ""
    ) -> AsyncIterator[LiveStream]:
        """
        Open a stream of the changes from now on.

        A page that names the mark of its topics hears at once whether that has changed since.
        """
        is_idle = self._looking is None or self._looking.done()
        if is_idle:
            self._has_begun = False
        unseen = topics - self._seen.keys() if self._has_begun else frozenset()
        stream = LiveStream(topics, unseen if not stood else frozenset(), who)
        self._open.append(stream)
        self._make_room(who)
        try:
            if is_idle:
                self._seen = {}
                self._looking = asyncio.create_task(self._look(), name="live changes")
            await self._see(topics)
            if stood and not await self._still_stand(topics, stood):
                stream.put(topics)
            yield stream
        finally:
            self._open.remove(stream)

    def _make_room(self, who: str) -> None:
        mine = [stream for stream in self._open if stream.who == who and stream.is_open]
        for oldest in mine[:-MOST_OF_ONE]:
            oldest.close()

    async def _still_stand(self, topics: frozenset[str], stood: str) -> bool:
        with suppress(HubError):
            return stood == await self.stands(*topics)
        return False

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
            await asyncio.sleep(self.every)

    async def _changed(self) -> frozenset[str]:
        found = {topic: await self._mark(topic) for topic in self._shown()}
        known = found.keys() & self._seen.keys()
        changed = frozenset(topic for topic in known if self._seen[topic] != found[topic])
        # A topic that no page shows is forgotten: a reader who comes back to it has loaded the page anew.
        shown = self._shown()
        self._seen = {topic: mark for topic, mark in {**self._seen, **found}.items() if topic in shown}
        return changed

    def _shown(self) -> set[str]:
        return {topic for stream in self._open for topic in stream.topics}

    async def _see(self, topics: frozenset[str]) -> None:
        """
        Mark the state of these topics before their page hears anything.

        The page loads itself once more then. A later change must differ from this mark: a mark of the next
        look would contain it, and a page would wait for good for the change of its own form.
        """
        with suppress(HubError):
            for topic in topics - self._seen.keys():
                mark = await self._mark(topic)
                self._seen = {topic: mark, **self._seen}

    async def _mark(self, topic: str) -> object:
        case = case_of(topic)
        if case is not None and self._of_case is not None:
            return await self._of_case(case)
        return await self._marks[topic]()
