"""What the application holds for its handlers, each under a typed key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias

from aiohttp import web
from prometheus_client import CollectorRegistry

from hub.access.sign_in import SignInDeps
from hub.channels.sms.hooks import Addresses
from hub.channels.sms.spec_loader import Hook
from hub.channels.whatsapp.reports import Keys
from hub.errors import InvalidEvent
from hub.model import DeadLetter, Event, Json, RawMessage, Reply, Scope
from hub.policy import Policy
from hub.ports import (
    AccountStore,
    AuditStore,
    ContactStore,
    DirectoryHistoryStore,
    ExplainStore,
    HeadcountStore,
    IncidentLog,
    KeyStore,
    LetterStore,
    LogStore,
    PauseStore,
    Publisher,
    RedriveStore,
    SessionStore,
)
from hub.ports.receipts import ReceiptStore
from hub.sla.ack_links import Links
from hub.web.api.clock_board import Clocks
from hub.web.auth.api_key_cache import Keyring
from hub.web.console.login_queue import Queue
from hub.web.monitoring.counts import Counted
from hub.web.monitoring.gauges import Figures

Check: TypeAlias = Callable[[bytes, str | None, Mapping[str, Json]], Event]
"""Decodes and validates one event, or raises InvalidEvent."""
Ready: TypeAlias = Callable[[], Awaitable[Mapping[str, bool]]]
"""Tells of each server whether it answers."""

Refuse: TypeAlias = Callable[[Sequence[tuple[RawMessage, InvalidEvent]]], Awaitable[Sequence[DeadLetter]]]
"""Keeps what is refused as dead letters and answers them in order. May raise Unavailable."""

TakeReply: TypeAlias = Callable[[Reply], Awaitable[None]]
"""Takes what a person wrote back; safe to repeat. May raise Unavailable."""

LOG: web.AppKey[LogStore] = web.AppKey("log")
RECEIPTS: web.AppKey[ReceiptStore] = web.AppKey("receipts")
CONTACTS: web.AppKey[ContactStore] = web.AppKey("contacts")
EXPLAINING: web.AppKey[ExplainStore] = web.AppKey("explaining")
LETTERS: web.AppKey[LetterStore] = web.AppKey("letters")
PAUSES: web.AppKey[PauseStore] = web.AppKey("pauses")
REDRIVE: web.AppKey[RedriveStore] = web.AppKey("redrive")
HEADCOUNT: web.AppKey[HeadcountStore] = web.AppKey("headcount")
ROSTER: web.AppKey[DirectoryHistoryStore] = web.AppKey("roster")
PUBLISHER: web.AppKey[Publisher] = web.AppKey("publisher")
CHECK: web.AppKey[Check] = web.AppKey("check")
REFUSE: web.AppKey[Refuse] = web.AppKey("refuse")
READY: web.AppKey[Ready] = web.AppKey("ready")
POLICY = web.AppKey("policy", Policy)
CLOCKS = web.AppKey("clocks", Clocks)
COUNTS = web.AppKey("counts", Counted)
INCIDENTS: web.AppKey[IncidentLog] = web.AppKey("incidents")
FIGURES = web.AppKey("figures", Figures)
REGISTRY = web.AppKey("registry", CollectorRegistry)
DOCUMENTS: web.AppKey[Mapping[str, bytes]] = web.AppKey("documents")
"""Path → what is served as it is: the documents of the API and the events, the files of the page."""
KEYS: web.AppKey[KeyStore] = web.AppKey("keys")
KEYRING = web.AppKey("keyring", Keyring)
ACCOUNTS: web.AppKey[AccountStore] = web.AppKey("accounts")
SESSIONS: web.AppKey[SessionStore] = web.AppKey("sessions")
DOOR = web.AppKey("door", SignInDeps)
QUEUE = web.AppKey("queue", Queue)
"""How fast whoever fails may try again."""
AUDIT: web.AppKey[AuditStore] = web.AppKey("audit")
RULES: web.AppKey[Mapping[tuple[str, str], frozenset[Scope] | None]] = web.AppKey("rules")
"""Method and route → the scopes of which a key needs one; None where nobody is asked for a key."""
API_KEY: web.AppKey[str | None] = web.AppKey("api_key")
PUBLIC_URL = web.AppKey("public_url", str)
PROVIDERS: web.AppKey[Mapping[str, Sequence[str]]] = web.AppKey("providers")
"""Channel → its providers as they may be shown."""
MODE = web.AppKey("mode", str)
TWILIO_TOKENS: web.AppKey[tuple[str, ...]] = web.AppKey("twilio_tokens")
"""Any of them may sign a report; none: nobody reports."""
SMS_HOOKS: web.AppKey[Mapping[str, Hook]] = web.AppKey("sms_hooks")
"""By the names of the described providers."""
SMS_ADDRESSES = web.AppKey("sms_addresses", Addresses)
WHATSAPP_KEYS = web.AppKey("whatsapp_keys", Keys)
LINKS = web.AppKey("links", Links)
REPLIES: web.AppKey[TakeReply] = web.AppKey("replies")
