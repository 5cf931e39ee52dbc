"""Lateness of the timers: of messages that waited, and of steps of clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from hub.resilience.tally import Histogram

LATENESS: Final = Histogram(
    "hub_timer_lateness_seconds",
    "From the instant at which something was due until the timers did it.",
    ["kind"],
    (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600),
)
MESSAGE: Final = ("message",)
STEP: Final = ("step",)


def observe(kind: tuple[str], late: Iterable[timedelta]) -> None:
    """Observe how late each of them was."""
    LATENESS.observe(kind, [one.total_seconds() for one in late])


def begin() -> None:
    """Show zeros, in the process that runs the timers."""
    for kind in (MESSAGE, STEP):
        LATENESS.observe(kind, ())
