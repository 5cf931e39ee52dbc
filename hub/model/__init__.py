"""The nouns of the hub: frozen values that every layer shares. No I/O, no rules."""

from __future__ import annotations

from hub.model.access import (
    EVERYWHERE,
    NOWHERE,
    SCOPES_OF,
    Account,
    Grant,
    Office,
    Places,
    Reach,
    Session,
    reach_of,
    together,
)
from hub.model.audiences import NOT_OPTED_IN, ON_LEAVE, TOLD_BY_ANOTHER, AudienceRecord, LeftOut
from hub.model.balances import Balance
from hub.model.catalogue import (
    TYPE_PREFIX,
    TYPE_SUFFIX,
    Audience,
    Cascade,
    ClockMove,
    EventType,
    Lane,
    Move,
    Print,
    Purpose,
    Reminder,
)
from hub.model.clocks import Acknowledgement, Clock, ClockState, Course, Pause, Promise, Step
from hub.model.complaints import Complaint
from hub.model.consents import Consent, OptedOut, Stance
from hub.model.events import HUB_SOURCE, DeadLetter, Event, Incoming, Party, StoredEvent
from hub.model.json import Json
from hub.model.keys import ApiKey, Note, Scope
from hub.model.messages import (
    Accepted,
    Attempt,
    ChannelTraits,
    Claimed,
    Message,
    Outcome,
    Outgoing,
    Rendered,
    State,
)
from hub.model.people import ContactPoint, Person, Role, Target
from hub.model.replies import About, Inbound, Reply, ReplyKind
from hub.model.suppressions import Barred, Gone
from hub.model.troubles import Remaining, Symptom, Trouble

__all__ = [
    "EVERYWHERE",
    "HUB_SOURCE",
    "NOT_OPTED_IN",
    "NOWHERE",
    "ON_LEAVE",
    "SCOPES_OF",
    "TOLD_BY_ANOTHER",
    "TYPE_PREFIX",
    "TYPE_SUFFIX",
    "About",
    "Accepted",
    "Account",
    "Acknowledgement",
    "ApiKey",
    "Attempt",
    "Audience",
    "AudienceRecord",
    "Balance",
    "Barred",
    "Cascade",
    "ChannelTraits",
    "Claimed",
    "Clock",
    "ClockMove",
    "ClockState",
    "Complaint",
    "Consent",
    "ContactPoint",
    "Course",
    "DeadLetter",
    "Event",
    "EventType",
    "Gone",
    "Grant",
    "Inbound",
    "Incoming",
    "Json",
    "Lane",
    "LeftOut",
    "Message",
    "Move",
    "Note",
    "Office",
    "OptedOut",
    "Outcome",
    "Outgoing",
    "Party",
    "Pause",
    "Person",
    "Places",
    "Print",
    "Promise",
    "Purpose",
    "Reach",
    "Remaining",
    "Reminder",
    "Rendered",
    "Reply",
    "ReplyKind",
    "Role",
    "Scope",
    "Session",
    "Stance",
    "State",
    "Step",
    "StoredEvent",
    "Symptom",
    "Target",
    "Trouble",
    "reach_of",
    "together",
]
