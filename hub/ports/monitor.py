"""What the hub asks to see how it is itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from hub.model import Incident, Lane, Symptom


class Heartbeats(Protocol):
    """What each process says of itself, under the database's clock."""

    async def beat(self, process: str, states: Mapping[str, str]) -> None:
        """Write the state of each subject (`audit`, `circuit:sms:twilio`) as this process sees it now."""


class MonitorStore(Heartbeats, Protocol):
    """What SQL knows of the hub's health, and the incidents that were found. Its clock decides."""

    async def clock(self) -> datetime:
        """Tell the database's time."""

    async def open_circuits(self, fresh: timedelta) -> Sequence[str]:
        """Return `sms:twilio` of each circuit that a process has not closed and said so in `fresh`."""

    async def audit_age(self) -> timedelta | None:
        """Return how long ago an audit has ended; None when there was none yet."""

    async def oldest_waiting(self) -> Mapping[tuple[str, Lane], timedelta]:
        """
        Return how long the oldest message of each channel and lane waits that nothing holds back.

        Queued, or due again (a retry, a release, the lease of a dead worker) and not queued yet.
        """

    async def open_letters(self, lately: timedelta) -> tuple[int, int]:
        """Count the open dead letters, and those of them that came in the last `lately`."""

    async def anybody_on_duty(self) -> bool:
        """Return whether somebody of the directory has the duty `ops`."""

    async def see(self, symptoms: Sequence[Symptom]) -> None:
        """Begin an incident for each key that has no open one; of the others, note that it was seen now."""

    async def resolve(self, kinds: Sequence[str], clear_after: timedelta) -> None:
        """End the open incidents of these kinds that nobody has seen for `clear_after`."""

    async def unpublished(self) -> Sequence[Incident]:
        """Return the incidents whose begin or end has not been told, the oldest first."""

    async def mark_published(self, incident: Incident) -> None:
        """Note that the begin was told or, where it had been, the end."""


class IncidentLog(Protocol):
    """What operators look at."""

    async def incidents(self, limit: int) -> Sequence[Incident]:
        """List the open ones, the oldest first, then those that are over, the latest first."""

    async def unknown_outcomes(self) -> Mapping[str, int]:
        """Count, by provider, the calls whose outcome nobody knows: each may have been doubled."""

    async def promises(self) -> Mapping[tuple[str, str], int]:
        """Count the clocks that have not ended, by name and state."""

    async def oldest_waiting(self) -> Mapping[tuple[str, Lane], timedelta]:
        """As the MonitorStore tells it."""

    async def audit_age(self) -> timedelta | None:
        """As the MonitorStore tells it."""


class Queues(Protocol):
    async def unattended(self) -> Mapping[str, int]:
        """Return the queues that nobody consumes, each with how many are ready in it."""
