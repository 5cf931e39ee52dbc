"""Port of the tracer, which takes spans."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from hub.model.traces import Span


class Tracer(Protocol):
    def record(self, spans: Iterable[Span]) -> None:
        """Take spans to be sent. Never raises, never waits: spans beyond its room are dropped."""
