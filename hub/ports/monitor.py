"""The data sources of the monitor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from hub.model import Gap, Incident, Lane, Symptom
from hub.model.exclusions import ExclusionList
from hub.model.webhooks import LateWebhook

MANY_HELD: Final = 10_000
"""The most held messages whose reason is counted; nobody needs to know of more."""
MANY_UNREAD: Final = 10_000
"""So many unread entries of inboxes are counted."""


class Heartbeats(Protocol):
    """The state that each process reports of itself, timed by the database's clock."""

    async def clock(self) -> datetime:
        """Return the database's time."""

    async def beat(self, process: str, states: Mapping[str, str]) -> None:
        """Store the state of each subject (`audit`, `clock`, `circuit:sms:twilio`) as the process sees it."""


class MonitorStore(Heartbeats, Protocol):
    """The hub's health as SQL knows it, and its incidents. The database's clock decides."""

    async def open_circuits(self, fresh: timedelta) -> Sequence[str]:
        """Return each circuit (`sms:twilio`) that a process reported as not closed in the last `fresh`."""

    async def gaps(self, fresh: timedelta) -> Sequence[Gap]:
        """Return each gap (`gap:…`) that a process reported in the last `fresh`."""

    async def excess(self, fresh: timedelta) -> Mapping[tuple[Lane, str], int]:
        """Return by (lane, sender) how many events above the sender's rate were reported lately."""

    async def clock_offsets(self, fresh: timedelta) -> Mapping[str, timedelta]:
        """Return by host how far its clock was from the database's in the last `fresh`, without a sign."""

    async def audit_age(self) -> timedelta | None:
        """Return the time since the last audit ended; None if there was none yet."""

    async def planned_stops(self) -> Mapping[str, bool]:
        """
        Return the roles of which a process ended in order and whose term has not passed.

        Each with whether it has worked since: timers by their audit, which others by their reports.
        """

    async def oldest_waiting(self) -> Mapping[tuple[str, Lane], timedelta]:
        """
        Return by (channel, lane) how long the oldest message has waited that nothing holds.

        It is queued, or due again (a retry, a release, the lease of a dead worker) and not queued yet.
        """

    async def open_letters(self, lately: timedelta) -> tuple[int, int]:
        """Count the open dead letters, and those that arrived within the last `lately`."""

    async def wrong_senders(self, lately: timedelta) -> Sequence[tuple[str | None, str | None]]:
        """
        Return the source and the sender of the open dead letters that were refused for their sender.

        Those that arrived within the last `lately`, newest first.
        """

    async def webhooks_off(self) -> Sequence[tuple[str, str, str]]:
        """Return the id, the source and the last error of each webhook that is turned off."""

    async def webhooks_late(self, after: timedelta) -> Sequence[LateWebhook]:
        """Return the webhooks that are on and whose oldest event waits longer than `after`."""

    async def exclusion_list(self) -> ExclusionList | None:
        """Return the list of excluded numbers in force."""

    async def held(self, within: timedelta | None = None) -> Mapping[str, int]:
        """
        Count by reason the messages that are held until later, or until `within` from now.

        Of the MANY_HELD that leave first.
        """

    async def unrecognised(self, lately: timedelta) -> int:
        """Count the messages of which somebody said within the last `lately` not to recognise them."""

    async def unknown_codes(self, fresh: timedelta) -> int:
        """Add up the wrong codes of messages that processes reported in the last `fresh`."""

    async def anybody_on_duty(self) -> bool:
        """Return whether anybody in the directory has the duty `ops`."""

    async def see(self, symptoms: Sequence[Symptom]) -> None:
        """Open an incident for each key without an open one; update the measured value of the others."""

    async def resolve(self, kinds: Sequence[str], clear_after: timedelta) -> None:
        """Resolve the open incidents of these kinds that nobody has seen for `clear_after`."""

    async def unpublished(self) -> Sequence[Incident]:
        """Return the incidents whose begin or end is not published, the oldest first."""

    async def mark_published(self, incident: Incident) -> None:
        """Store that the begin is published or, if it was already, the end."""


class Queues(Protocol):
    async def unattended(self) -> Mapping[str, int]:
        """Return each queue without a consumer → its number of ready messages."""
