"""
The interfaces between the use cases and the network.

Use cases depend only on these. `hub.storage`, `hub.channels` and `hub.consumers` implement them,
`hub.testing` in memory. Every method may raise a kind of `hub.errors.Unavailable` when its server does
not answer; its caller must be safe to call again with the same arguments.
"""

from __future__ import annotations

from hub.model.tickets import Ticket
from hub.ports.accounts import AccountStore, SessionStore
from hub.ports.activity import ActivityStore
from hub.ports.appointments import Appointments, Later
from hub.ports.bulk import BulkChoice, BulkStore, DeadFilter, LetterFilter, Replay, Worked
from hub.ports.cancel import CancelResult, CancelStore
from hub.ports.cases import CaseStore
from hub.ports.casework import CaseFilter, CaseworkStore, ReplyFilter
from hub.ports.channel import Channel, Throttle
from hub.ports.contacts import ContactStore
from hub.ports.delivery import CascadeStore, DeliveryStore
from hub.ports.directory_history import DirectoryHistoryStore, EntryScope, Holders, Written
from hub.ports.documents import DocumentCalls, DocumentQueue, DocumentStore
from hub.ports.emergencies import EmergencyStore
from hub.ports.erasures import ErasureStore
from hub.ports.escalations import EscalationStore
from hub.ports.exclusions import ExclusionRegistry
from hub.ports.explain import (
    AudienceSnapshot,
    ExplainFacts,
    ExplainStore,
    Refused,
    SentMessage,
    Unit,
    UnitVersion,
    Version,
)
from hub.ports.genuine import GenuineStore
from hub.ports.headcount import HeadcountPage, HeadcountStore
from hub.ports.history import GOING, Cases, Contact, History
from hub.ports.imports import ImportStore, ImportTransaction
from hub.ports.inbox import InboxStore
from hub.ports.intake import (
    DryRunStore,
    DryRunTransaction,
    IntakeStore,
    IntakeTransaction,
    KnownEventStore,
)
from hub.ports.keys import AuditStore, KeyStore, NoteFilter, SenderKeys
from hub.ports.log import BoardFilter, Cause, Causes, LogStore, MessageFilter, Page
from hub.ports.monitor import Heartbeats, IncidentLog, MonitorStore, Queues
from hub.ports.months import MonthStore
from hub.ports.notice_digests import NoticeDigestStore
from hub.ports.pauses import EVERYTHING, RESTORED_BY, PauseStore
from hub.ports.preferences import PreferenceStore
from hub.ports.publisher import Publisher
from hub.ports.reach import ReachStore
from hub.ports.recipients import RecipientStore
from hub.ports.redrive import Redriven, RedriveResult, RedriveStore
from hub.ports.residents import LevelStore, ResidentAccess, ResidentStore
from hub.ports.results import ResultStore
from hub.ports.retention import RetentionStore
from hub.ports.second_factors import SecondFactorStore
from hub.ports.standing_tasks import StandingTaskStore
from hub.ports.surveys import SurveyStore
from hub.ports.timers import Now, TimerStore
from hub.ports.unsubscribes import UnsubscribeStore
from hub.ports.webhooks import WebhookCalls, WebhookQueue
