"""
The interfaces between the way of an event and the network.

The way depends only on these. `hub.storage`, `hub.channels` and `hub.consumers` implement them, `hub.testing`
in memory. What operators ask has no interface here: `hub.operations` names its stores. Every method may raise
a kind of `hub.errors.Unavailable` when its server does not answer; its caller must be safe to call again with
the same arguments.
"""

from __future__ import annotations

from hub.model.tickets import Ticket
from hub.ports.accounts import AccountStore, SecondFactorStore, SessionStore
from hub.ports.appointments import Appointments, Later
from hub.ports.cases import CaseFilter, ReplyFilter
from hub.ports.channel import Channel, Throttle
from hub.ports.delivery import CascadeStore, DeliveryStore
from hub.ports.documents import DocumentCalls, DocumentStore
from hub.ports.exclusions import ExclusionRegistry
from hub.ports.explain import AudienceSnapshot, ExplainFacts, Refused, SentMessage, Unit, UnitVersion, Version
from hub.ports.intake import DryRunStore, DryRunTransaction, IntakeStore, IntakeTransaction
from hub.ports.keys import AuditStore, KeyStore, NoteFilter, SenderKeys
from hub.ports.log import BoardFilter, Cause, Causes, MessageFilter, Page
from hub.ports.monitor import Heartbeats, MonitorStore, Queues
from hub.ports.months import MonthStore
from hub.ports.pauses import EVERYTHING, RESTORED_BY, PauseStore
from hub.ports.publisher import Publisher
from hub.ports.replies import UnsubscribeStore
from hub.ports.standing_tasks import StandingTaskStore
from hub.ports.timers import Now, Replay, TimerStore, Worked
from hub.ports.webhooks import WebhookCalls
