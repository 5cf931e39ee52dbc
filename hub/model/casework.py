"""The work of staff on cases and replies: assignees, and the state of each reply."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.model.catalogue import THREAD
from hub.model.events import StoredEvent
from hub.model.json import Instant


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
    """Whether a reply still waits for staff."""

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


class LastWord(Struct, frozen=True, kw_only=True):
    """The last thing that somebody wrote by a channel. Address, name and words are the person's data."""

    id: UUID
    channel: str
    address: str
    reference: str
    at: Instant
    thread: str
    subject: str
    person: str | None
    name: str | None
    copropiedad: str | None


class NoteKind(StrEnum):
    """The acts among colleagues in a case, of which its thread has a line that no resident reads."""

    NOTE = "note"
    HANDED_OVER = "handed_over"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    MERGED = "merged"
    SEPARATED = "separated"
    SPLIT = "split"


class CaseNote(Struct, kw_only=True, frozen=True):
    """
    A line among colleagues. `about` is the account, case or instant that it names; who hands a case over to
    `by` alone has taken it from the one in `told` or `untold`.

    `told` are the accounts that it calls, `untold` the names in it that reach nobody.
    """

    id: UUID
    case_key: str
    at: Instant
    by: str
    kind: NoteKind
    words: str = ""
    about: str | None = None
    told: list[str] = []
    untold: list[str] = []
    withdrawn: bool = False


_COLON: Final = ":"
FILED: Final = "inbound.message.filed"
"""The event by which a conversation becomes a case."""


WRITTEN: Final = "support.written"
"""The event by which somebody of the staff writes to one person in a conversation."""
STAFF_WORDS: Final[Mapping[str, str]] = {
    WRITTEN: "words",
    "pqrs.replied": "summary",
    "pqrs.responded": "answer",
    "pqrs.closed": "actions_taken",
    "concierge.incident.closed": "outcome",
}
"""Events in which staff says something to the person of the case → the field with the words."""
ANSWERS: Final = frozenset({WRITTEN, "pqrs.replied", "pqrs.responded"})
"""Events with words of staff to one person, by a channel that they choose."""
WINDOW: Final = "window_until"
"""The field with the end of the hours in which WhatsApp takes words that it has not approved."""


def case_of_thread(thread: str) -> str:
    """Return the key of the case in which a reply of this thread is answered."""
    return thread if _COLON in thread else f"{THREAD}{_COLON}{thread}"


def author_of(stored: StoredEvent) -> str | None:
    """Return who of the staff has done what an event tells, by reference."""
    data = stored.event.data if isinstance(stored.event.data, dict) else {}
    named = (data.get(field) for field in _AUTHORS)
    return next((by for by in named if isinstance(by, str) and by), None)


_AUTHORS: Final = ("by", "agent_id")
