"""Parts of the services: callers, monitoring, and the verifiers of providers' calls."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeAlias

from prometheus_client import CollectorRegistry

from hub.access.attempts import SignInDeps
from hub.access.inbox_tokens import InboxTokens
from hub.access.keyring import KeyRing
from hub.access.refusals import Refusals
from hub.channels.sms.hooks import Addresses
from hub.channels.sms.spec_loader import Hook, read_hooks
from hub.channels.sms.twilio_reports import twilio_tokens
from hub.channels.whatsapp.reports import Keys, keys_of
from hub.errors import InvalidEvent
from hub.inbound.unsubscribe import UnsubscribeLinks
from hub.model import DeadLetter, RawMessage, Reply
from hub.ports.receipts import ReceiptStore
from hub.settings import Settings
from hub.sla.ack_links import Links
from hub.web.auth.api_key_cache import Keyring
from hub.web.monitoring.gauges import Figures, ReachGauges
from hub.web.monitoring.remembered import Counted
from hub.web.monitoring.survey_gauges import SurveyGauges

Ready: TypeAlias = Callable[[], Awaitable[Mapping[str, bool]]]
"""Returns server name → whether it answers."""
Refuse: TypeAlias = Callable[[Sequence[tuple[RawMessage, InvalidEvent]]], Awaitable[Sequence[DeadLetter]]]
"""Stores refused events as dead letters and returns these in the same order. May raise Unavailable."""
TakeReply: TypeAlias = Callable[[Reply], Awaitable[None]]
"""Processes a person's reply; safe to repeat. May raise Unavailable."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Parts that identify callers. The metrics listener knows only HUB_API_KEY."""

    settings: Settings
    keyring: Keyring | None = None
    sign_in: SignInDeps | None = None
    inbox_tokens: InboxTokens | None = None
    refusals: Refusals = field(default_factory=lambda: Refusals(time.monotonic))

    @property
    def api_key(self) -> str | None:
        """HUB_API_KEY."""
        return self.settings.api_key.reveal() if self.settings.api_key else None


async def _never_paused() -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """The sources of health and metrics."""

    ready: Ready
    registry: CollectorRegistry
    counts: Counted
    gauges: Figures
    surveys: SurveyGauges
    reach: ReachGauges
    paused: Callable[[], Awaitable[bool]] = _never_paused
    """Returns whether everything is paused."""


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """Parts that verify and process the calls of providers and signed links."""

    twilio_tokens: tuple[str, ...]
    """Any of these tokens may sign a report; without tokens the hooks answer 404."""
    sms: Mapping[str, Hook]
    """Provider name → hook, for providers with a `?spec=` file."""
    sms_addresses: Addresses
    whatsapp: Keys
    links: Links
    unsubscribing: UnsubscribeLinks
    receipts: ReceiptStore
    take_reply: TakeReply

    @classmethod
    def of(cls, settings: Settings, ring: KeyRing, *, receipts: ReceiptStore, take_reply: TakeReply) -> Self:
        """Read the providers' hooks from the settings. Raises ConfigurationError."""
        return cls(
            twilio_tokens=twilio_tokens(settings),
            sms=read_hooks(settings),
            sms_addresses=Addresses(public_url=settings.public_url, ring=ring),
            whatsapp=keys_of(settings),
            links=Links(public_url=settings.links_url, ring=ring),
            unsubscribing=UnsubscribeLinks(public_url=settings.links_url, ring=ring),
            receipts=receipts,
            take_reply=take_reply,
        )
