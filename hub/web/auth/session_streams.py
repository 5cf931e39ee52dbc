"""
The sessions of open streams: a stream ends within seconds once its session has.

A stream asks for its rights once, when it is opened, and then lasts for minutes. One task asks for all
sessions of the process with a stream, every two seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Protocol

import structlog

from hub.access import sessions
from hub.errors import HubError
from hub.ports import SessionStore
from hub.tasks import cancel

EVERY: Final = 2.0
"""Seconds between two looks."""

log = structlog.get_logger()


class OpenStream(Protocol):
    def close(self) -> None: ...


class SessionStreams:
    """The streams of a process that end with a session."""

    def __init__(self, store: SessionStore, now: Callable[[], datetime], *, every: float = EVERY) -> None:
        self._store = store
        self._now = now
        self._every = every
        self._watched: list[tuple[bytes, OpenStream]] = []
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def ends(self, stream: OpenStream, session_hash: bytes) -> Iterator[None]:
        """Close the stream when the session ends: signed out, expired, or with a change of its account."""
        watched = session_hash, stream
        self._watched.append(watched)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="session streams")
        try:
            yield
        finally:
            self._watched.remove(watched)

    async def aclose(self) -> None:
        """End the looks: the process stops."""
        if self._looking is not None:
            await cancel(self._looking)

    async def _look(self) -> None:
        """Look until no stream is left."""
        while self._watched:
            await asyncio.sleep(self._every)
            try:
                await self._end_over()
            except HubError as exc:
                # Nor do the streams hear of any change while the database is away.
                log.warning("session.streams_wait", error=str(exc))

    async def _end_over(self) -> None:
        looked_for = list(self._watched)
        found = await self._store.enabled({session_hash for session_hash, _ in looked_for})
        now = self._now()
        live = {session.hash for session in found if sessions.live(session, now=now)}
        for session_hash, stream in looked_for:
            if session_hash not in live:
                stream.close()
