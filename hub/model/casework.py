"""The work of staff on cases and replies: who has each, and whether it is answered."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from hub.model.catalogue import THREAD


class CaseKind(StrEnum):
    """
    The kinds of cases that people speak of, by the field that ties their events together.

    The accounts of units and surveys have lists of their own. The migration of `event_of_case` has the same
    words, and a test holds that.
    """

    PQRS = "pqrs_id"
    CONVERSATION = "thread_id"
    ASSEMBLY = "assembly_id"
    ENGAGEMENT = "engagement_id"
    REPAIR = "request_id"
    WORKS = "work_id"
    EMERGENCY = "emergency_id"
    OUTAGE = "outage_id"
    INCIDENT = "incident_id"
    PACKAGE = "package_id"
    CONFLICT = "conflict_id"
    FINDING = "finding_id"
    PERSONAL_DATA = "case_id"
    DATA_INCIDENT = "privacy.incident_id"


class ReplyState(StrEnum):
    """Whether what somebody wrote still waits for staff."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    """It needs no answer."""


class ReplyView(StrEnum):
    """The replies to list, by the work that staff has done on them."""

    OPEN = "open"
    UNREAD = "unread"
    UNASSIGNED = "unassigned"
    MINE = "mine"
    ANSWERED = "answered"
    CLOSED = "closed"
    EMERGENCY = "emergency"
    """Answers to emergencies that nobody has settled."""


_COLON: Final = ":"


def case_of_thread(thread: str) -> str:
    """Return the key of the case in which a reply of this thread is answered."""
    return thread if _COLON in thread else f"{THREAD}{_COLON}{thread}"
