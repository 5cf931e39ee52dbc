"""
Handover of messages to providers: those under way, and whether more may begin.

A process that stops hands nothing more over and waits for the answers: a call that is cut may have been
accepted, and its message would be sent again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_CURRENT: ContextVar[Handover | None] = ContextVar("handover", default=None)


class Handover:
    """The handover of the role delivery in one process. Code inside `sending` finds it by `current`."""

    def __init__(self) -> None:
        self.is_over = False
        self._sending: dict[object, tuple[str, list[asyncio.Task[None]]]] = {}
        self._at_end: set[Callable[[], None]] = set()

    @contextmanager
    def sending(self, channel: str) -> Iterator[list[asyncio.Task[None]]]:
        """Yield a list for the tasks of a ticket, each of which sends one message over this channel."""
        ticket, tasks = object(), list[asyncio.Task[None]]()
        self._sending[ticket] = channel, tasks
        before = _CURRENT.set(self)
        try:
            yield tasks
        finally:
            _CURRENT.reset(before)
            del self._sending[ticket]

    def in_progress(self) -> Mapping[str, int]:
        """Return the number of messages without an answer, by channel."""
        counts: Counter[str] = Counter()
        for channel, tasks in self._sending.values():
            counts[channel] += sum(not task.done() for task in tasks)
        return +counts

    def at_end(self, turn_away: Callable[[], None]) -> None:
        """Call this when nothing more may be handed over; a function that is given twice is called once."""
        self._at_end.add(turn_away)

    def end(self) -> None:
        """Hand nothing more over."""
        self.is_over = True
        for turn_away in self._at_end:
            turn_away()


def current() -> Handover | None:
    """Return the handover that the running task belongs to."""
    return _CURRENT.get()
