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

from hub.catalog import CATALOG
from hub.channels.sms.described import read_hooks
from hub.channels.sms.hooks import Addresses
from hub.channels.sms.twilio_reports import twilio_tokens
from hub.channels.whatsapp.reports import keys_of
from hub.lockout import Brake, Strangers
from hub.passwords import Passwords
from hub.policy import Policy
from hub.ports import (
    AccountStore,
    Appointments,
    AuditStore,
    ContactStore,
    ExplainStore,
    HeadcountStore,
    KeyStore,
    LetterStore,
    LogStore,
    PauseStore,
    Publisher,
    RedriveStore,
    RosterStore,
    SessionStore,
    TroubleLog,
)
from hub.receipts import ReceiptStore
from hub.schemas import Schemas
from hub.settings import Settings
from hub.signing import KeyRing
from hub.signing_in import Door
from hub.taking_on import Links
from hub.web import asyncapi, documents, keys, openapi
from hub.web.access import guard
from hub.web.answers import explain_failures, secure_headers
from hub.web.channels import providers_of
from hub.web.counts import Counted
from hub.web.events import MAX_BODY
from hub.web.figures import Figures
from hub.web.keyring import Keyring
from hub.web.listing import Clocks
from hub.web.pages import for_browsers
from hub.web.reaching import within_reach
from hub.web.routes import ROUTES, add_routes
from hub.web.slowing import Queue

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
    roster: RosterStore,
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
    check: keys.Check,
    ready: keys.Ready,
    registry: CollectorRegistry,
    troubles: TroubleLog,
    take_reply: keys.TakeReply,
    ring: KeyRing,
) -> web.Application:
    """Build the application: API, live page, hooks, health, metrics and documents."""
    app = _guarded(settings, for_browsers)
    app[keys.LOG] = log
    app[keys.EXPLAINING] = explaining
    app[keys.LETTERS] = letters
    app[keys.CONTACTS] = contacts
    app[keys.ROSTER] = roster
    app[keys.HEADCOUNT] = headcount
    app[keys.KEYS] = key_store
    app[keys.KEYRING] = Keyring(key_store)
    app[keys.AUDIT] = audit
    app[keys.ACCOUNTS] = accounts
    app[keys.SESSIONS] = sessions
    app[keys.DOOR] = Door(
        accounts=accounts,
        sessions=sessions,
        audit=audit,
        passwords=passwords,
        strangers=Strangers(),
        now=_now,
    )
    app[keys.QUEUE] = Queue(Brake(time.monotonic))
    app[keys.PAUSES] = pauses
    app[keys.REDRIVE] = redrive
    app[keys.PROVIDERS] = providers_of(settings)
    app[keys.RECEIPTS] = receipts
    app[keys.TWILIO_TOKENS] = twilio_tokens(settings)
    app[keys.SMS_HOOKS] = read_hooks(settings)
    app[keys.SMS_ADDRESSES] = Addresses(public_url=settings.public_url, ring=ring)
    app[keys.LINKS] = Links(public_url=settings.public_url, ring=ring)
    app[keys.WHATSAPP_KEYS] = keys_of(settings)
    app[keys.REPLIES] = take_reply
    app[keys.PUBLISHER] = publisher
    app[keys.CHECK] = check
    app[keys.READY] = ready
    app[keys.POLICY] = policy
    app[keys.CLOCKS] = Clocks(log=log, appointments=appointments, calendar=policy.calendar)
    app[keys.COUNTS] = Counted(log)
    app[keys.TROUBLES] = troubles
    app[keys.FIGURES] = Figures(troubles)
    app[keys.REGISTRY] = registry
    app[keys.DOCUMENTS] = {**_documents(schemas), **documents.files()}
    add_routes(app)
    return app


def _now() -> datetime:
    return datetime.now(UTC)


def build_metrics(
    *,
    settings: Settings,
    log: LogStore,
    troubles: TroubleLog,
    ready: keys.Ready,
    registry: CollectorRegistry,
) -> web.Application:
    """Build what listens on `HUB_METRICS` in any role: what a supervisor and Prometheus ask for."""
    app = _guarded(settings)
    app[keys.READY] = ready
    app[keys.COUNTS] = Counted(log)
    app[keys.FIGURES] = Figures(troubles)
    app[keys.REGISTRY] = registry
    add_routes(app, [route for route in ROUTES if route.path in _WATCHED])
    return app


def _guarded(settings: Settings, *inner: Middleware) -> web.Application:
    middlewares = (secure_headers, explain_failures, *inner, guard, within_reach)
    app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY)
    app[keys.API_KEY] = settings.api_key.reveal() if settings.api_key else None
    app[keys.PUBLIC_URL] = settings.public_url
    app[keys.MODE] = settings.mode
    return app


def _documents(schemas: Schemas) -> dict[str, bytes]:
    release = version("hub")
    data = {name: schema.document for name, schema in schemas.by_name.items()}
    return {
        "/openapi.json": msgspec.json.encode(openapi.describe(ROUTES, version=release)),
        "/asyncapi.json": msgspec.json.encode(asyncapi.describe(CATALOG, data, version=release)),
    }
