"""Situation: the open emergencies and incidents, and the amount of work that waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.model.emergencies import DueCall, OpenEmergency
from hub.operations.incidents import IncidentRow
from hub.storage.activity import AffectedPeople, OverdueWork, RejectedEvents


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """
    The situation: emergencies, open incidents, and the amount of work that waits.

    A number counts the rows that a list shows first; `more` names the lists that have further ones.
    """

    emergencies: Sequence[OpenEmergency] = ()
    calls: Sequence[DueCall] = ()
    incidents: Sequence[IncidentRow] = ()
    paused: Sequence[str] = ()
    """The names of paused subjects, as people call them."""
    breached: int = 0
    at_risk: int = 0
    dead: int = 0
    unreached: int = 0
    failed: int = 0
    """Messages of the last day that failed, came back or expired."""
    letters: int = 0
    to_print: int = 0
    to_take_down: int = 0
    replies: int = 0
    approvals: int = 0
    """Communications that this operator may release."""
    sent: int = 0
    """Messages of the last hour that have left."""
    waiting: Mapping[str, AffectedPeople] = field(default_factory=dict)
    """Key of an incident → the people who wait for its channel."""
    overdue: OverdueWork = field(default_factory=OverdueWork)
    refused: RejectedEvents = field(default_factory=RejectedEvents)
    day: datetime | None = None
    """Since when failed messages are counted."""
    week: datetime | None = None
    """Since when events that do not reach all are counted."""
    more: frozenset[str] = field(default_factory=frozenset)

    def waiting_for(self, incident: IncidentRow) -> AffectedPeople:
        return self.waiting.get(incident.key, AffectedPeople())
