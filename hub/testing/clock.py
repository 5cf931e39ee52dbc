"""A clock that moves only when the test advances it."""

from __future__ import annotations

from datetime import datetime, timedelta


class SettableClock:
    """`hub.ports.Now`: call it for the time, aware UTC."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by
