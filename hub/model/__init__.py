"""The hub's domain model: frozen values that every layer shares. No I/O, no rules."""

from __future__ import annotations

from hub.model.access import (
    EVERYTHING,
    EVERYWHERE,
    NOWHERE,
    SCOPES_OF,
    SECOND_FACTOR_OFFICES,
    Account,
    AccountReset,
    CodeAttempt,
    Grant,
    Office,
    PropertyScope,
    Reach,
    SecondFactor,
    Session,
    covers,
    reach_of,
    union,
    within,
)
from hub.model.audiences import (
    NOT_OPTED_IN,
    ON_LEAVE,
    TOLD_BY_ANOTHER,
    UNKNOWN_PERSON,
    AudienceRecord,
    LeftOut,
    Unreached,
    UnreachedReason,
)
from hub.model.catalogue import (
    THREAD,
    TYPE_PREFIX,
    TYPE_SUFFIX,
    Audience,
    Cascade,
    ClockMove,
    DocumentUse,
    EventType,
    FollowUp,
    Lane,
    Move,
    Print,
    Purpose,
    Reminder,
    type_of,
)
from hub.model.clocks import (
    FIRST_LEVEL,
    NOBODY,
    TOP_LEVEL,
    Acknowledgement,
    Clock,
    ClockHistory,
    ClockState,
    DispatchStatus,
    LiveClock,
    Pause,
    Period,
    Promise,
    PromiseRecord,
    Step,
    StepKind,
    WatchedClock,
    live_clock,
)
from hub.model.consents import Consent, OptedOut, Revocation, Stance
from hub.model.contact_facts import NO_FACTS, NOT_PAYER, ContactFacts
from hub.model.events import (
    CALLER_HEADER,
    CANARY,
    CORRECTION,
    LANE_HEADER,
    MENDED_BY,
    MENDED_HEADER,
    RECALL,
    SENDER_HEADER,
    AddedEvent,
    DeadLetter,
    Event,
    Party,
    RawMessage,
    Recall,
    StoredEvent,
    own_event,
)
from hub.model.inbox import InboxArrival, InboxArrivals
from hub.model.incidents import Balance, Gap, Incident, Remaining, Symptom
from hub.model.json import Instant, Json, Word
from hub.model.keys import ApiKey, Note, Scope
from hub.model.messages import (
    Accepted,
    Attempt,
    Brand,
    ChannelTraits,
    Claimed,
    Evidence,
    Facts,
    InlineImage,
    Message,
    Outcome,
    Outgoing,
    Receipt,
    Rendered,
    Sender,
    State,
)
from hub.model.people import ContactPoint, Person, Role, Target, WorkWeek
from hub.model.preferences import (
    DIGEST,
    DO_NOT_CONTACT,
    IN_DIGEST,
    NOT_WANTED,
    QUIET_HOURS,
    DigestPeriod,
    Mark,
    MarkEntry,
    MarkReason,
    PreferenceEntry,
    Preferences,
    QuietHours,
    RefusedEvents,
)
from hub.model.receipts import BounceReport, Loss, SentMail
from hub.model.replies import (
    About,
    AckDecision,
    AckOutcome,
    Complaint,
    Escalation,
    EscalationStatus,
    Inbound,
    Reply,
    ReplyKind,
)
from hub.model.sources import HUB_SOURCE, is_hub_source, normal_source
from hub.model.suppressions import InvalidContact, SuppressionStatus
