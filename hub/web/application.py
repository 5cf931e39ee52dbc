"""The web application: every part handed in, nothing built at import time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry

from hub.access.keyring import KeyRing
from hub.access.lockout import AddressThrottle, UnknownNameLocks
from hub.access.passwords import Passwords
from hub.access.sign_in import SignInDeps
from hub.catalog import CATALOG
from hub.channels.sms.hooks import Addresses
from hub.channels.sms.spec_loader import read_hooks
from hub.channels.sms.twilio_reports import twilio_tokens
from hub.channels.whatsapp.reports import keys_of
from hub.cloudevents.schemas import Schemas
from hub.policy import Policy
from hub.ports import (
    AccountStore,
    Appointments,
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
from hub.settings import Settings
from hub.sla.ack_links import Links
from hub.web import app_keys
from hub.web.api.clock_board import Clocks
from hub.web.api.events import MAX_BODY
from hub.web.api.pauses import providers_of
from hub.web.auth.api_key_cache import Keyring
from hub.web.auth.guard import guard
from hub.web.auth.scope import within_reach
from hub.web.console.login_queue import Queue
from hub.web.console.pages import for_browsers
from hub.web.documents import asyncapi, openapi, serve
from hub.web.documents.notices import NOTICES
from hub.web.monitoring.counts import Counted
from hub.web.monitoring.gauges import Figures
from hub.web.responses import explain_failures, secure_headers
from hub.web.routes import ROUTES, add_routes

_WATCHED: Final = frozenset({"/health/live", "/health/ready", "/metrics"})


def build(  # noqa: PLR0913 - the composition root hands over each part by its name
    *,
    settings: Settings,
    policy: Policy,
    schemas: Schemas,
    log: LogStore,
    explaining: ExplainStore,
    letters: LetterStore,
    contacts: ContactStore,
    roster: DirectoryHistoryStore,
    headcount: HeadcountStore,
    key_store: KeyStore,
    audit: AuditStore,
    accounts: AccountStore,
    sessions: SessionStore,
    passwords: Passwords,
    pauses: PauseStore,
    redrive: RedriveStore,
    receipts: ReceiptStore,
    appointments: Appointments,
    publisher: Publisher,
    check: app_keys.Check,
    refuse: app_keys.Refuse,
    ready: app_keys.Ready,
    registry: CollectorRegistry,
    incidents: IncidentLog,
    take_reply: app_keys.TakeReply,
    ring: KeyRing,
) -> web.Application:
    """Build the application: API, live page, hooks, health, metrics and documents."""
    app = _guarded(settings, for_browsers)
    app[app_keys.LOG] = log
    app[app_keys.EXPLAINING] = explaining
    app[app_keys.LETTERS] = letters
    app[app_keys.CONTACTS] = contacts
    app[app_keys.ROSTER] = roster
    app[app_keys.HEADCOUNT] = headcount
    app[app_keys.KEYS] = key_store
    app[app_keys.KEYRING] = Keyring(key_store)
    app[app_keys.AUDIT] = audit
    app[app_keys.ACCOUNTS] = accounts
    app[app_keys.SESSIONS] = sessions
    app[app_keys.DOOR] = SignInDeps(
        accounts=accounts,
        sessions=sessions,
        audit=audit,
        passwords=passwords,
        strangers=UnknownNameLocks(),
        now=_now,
    )
    app[app_keys.QUEUE] = Queue(AddressThrottle(time.monotonic))
    app[app_keys.PAUSES] = pauses
    app[app_keys.REDRIVE] = redrive
    app[app_keys.PROVIDERS] = providers_of(settings)
    app[app_keys.RECEIPTS] = receipts
    app[app_keys.TWILIO_TOKENS] = twilio_tokens(settings)
    app[app_keys.SMS_HOOKS] = read_hooks(settings)
    app[app_keys.SMS_ADDRESSES] = Addresses(public_url=settings.public_url, ring=ring)
    app[app_keys.LINKS] = Links(public_url=settings.public_url, ring=ring)
    app[app_keys.WHATSAPP_KEYS] = keys_of(settings)
    app[app_keys.REPLIES] = take_reply
    app[app_keys.PUBLISHER] = publisher
    app[app_keys.CHECK] = check
    app[app_keys.REFUSE] = refuse
    app[app_keys.READY] = ready
    app[app_keys.POLICY] = policy
    app[app_keys.CLOCKS] = Clocks(log=log, appointments=appointments, calendar=policy.calendar)
    app[app_keys.COUNTS] = Counted(log)
    app[app_keys.INCIDENTS] = incidents
    app[app_keys.FIGURES] = Figures(incidents)
    app[app_keys.REGISTRY] = registry
    app[app_keys.DOCUMENTS] = {**_documents(schemas), **serve.files()}
    add_routes(app)
    return app


def _now() -> datetime:
    return datetime.now(UTC)


def build_metrics(
    *,
    settings: Settings,
    log: LogStore,
    incidents: IncidentLog,
    ready: app_keys.Ready,
    registry: CollectorRegistry,
) -> web.Application:
    """Build what listens on `HUB_METRICS` in any role: what a supervisor and Prometheus ask for."""
    app = _guarded(settings)
    app[app_keys.READY] = ready
    app[app_keys.COUNTS] = Counted(log)
    app[app_keys.FIGURES] = Figures(incidents)
    app[app_keys.REGISTRY] = registry
    add_routes(app, [route for route in ROUTES if route.path in _WATCHED])
    return app


def _guarded(settings: Settings, *inner: Middleware) -> web.Application:
    middlewares = (secure_headers, explain_failures, *inner, guard, within_reach)
    app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY)
    app[app_keys.API_KEY] = settings.api_key.reveal() if settings.api_key else None
    app[app_keys.PUBLIC_URL] = settings.public_url
    app[app_keys.MODE] = settings.mode
    return app


def _documents(schemas: Schemas) -> dict[str, bytes]:
    release = version("hub")
    data = {name: schema.document for name, schema in schemas.by_name.items()}
    return {
        "/openapi.json": msgspec.json.encode(openapi.describe(ROUTES, version=release)),
        "/asyncapi.json": msgspec.json.encode(asyncapi.describe(CATALOG, data, NOTICES, version=release)),
    }
