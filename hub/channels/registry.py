"""Registry of channels: those in the settings are built, by a literal table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hub.access.keyring import KeyRing
from hub.channels.allowlist import Allowlisted
from hub.channels.email.channel import Compose, EmailChannel
from hub.channels.email.verp import Verp
from hub.channels.failover import Failover, Provider
from hub.channels.outbox import MailCatcher, Outbox, as_json
from hub.channels.push.fcm import FcmChannel
from hub.channels.push.oauth import read_service_account
from hub.channels.sms import TRAITS as SMS_TRAITS
from hub.channels.sms.generic import GenericChannel
from hub.channels.sms.hooks import Addresses
from hub.channels.sms.spec import load_spec
from hub.channels.sms.spec_loader import load_described
from hub.channels.sms.twilio import TwilioChannel
from hub.channels.stored_channel import INBOX, LETTERS, Store, StoredChannel
from hub.channels.urls import (
    SmtpEndpoint,
    is_two_way,
    parse_fcm,
    parse_folder,
    parse_generic,
    parse_smtp,
    parse_twilio,
    parse_whatsapp,
    read_rate,
)
from hub.channels.whatsapp.channel import TRAITS as WHATSAPP_TRAITS
from hub.channels.whatsapp.channel import WhatsappChannel
from hub.errors import ConfigurationError, PermanentFailure
from hub.model import ChannelTraits, Lane
from hub.policy import Policy
from hub.ports import Channel, Throttle
from hub.resilience.breaker import Breakers
from hub.resilience.database_time import NOW
from hub.settings import PROVIDERS, Mode, SecretUrl, Settings, is_loopback

CALLBACKS: Final = "/hooks/twilio"
"""The path for Twilio's reports of text messages, below the public URL."""
INBOUND: Final = f"{CALLBACKS}/inbound"
"""The path for texts that people send to our number."""

_KINDS: Final = {"smtps": "smtp"}
"""Names of schemes that differ from the part before their `+`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLimits:
    breakers: Breakers
    throttle: Throttle


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildContext:
    """The context of a builder, besides its URL."""

    policy: Policy
    compose: Compose
    verp: Verp | None
    public_url: str
    ring: KeyRing

    @property
    def timeout(self) -> timedelta:
        return self.policy.delivery.provider_timeout


_OWN: Final = ("inbox", "print")
"""The hub's own channels: both need no provider."""

Builder = Callable[[str, str, BuildContext], Channel]
"""Takes the name of the setting, the URL in it, and the context."""


def build_channels(
    settings: Settings,
    policy: Policy,
    *,
    compose: Compose,
    verp: Verp | None = None,
    store_inbox: Store,
    store_letter: Store,
    guards: ProviderLimits,
) -> dict[str, Channel]:
    """
    Build the channels in the settings; a channel without a URL is absent. Raises `ConfigurationError`.

    In capture mode no provider is built: messages become files, and e-mail goes to the catcher on
    this machine if there is one. Several URLs of a channel are tried in their order.
    """
    around = BuildContext(
        policy=policy,
        compose=compose,
        verp=verp,
        public_url=settings.public_url,
        ring=KeyRing(settings.secrets),
    )
    if settings.mode is Mode.CAPTURE:
        channels = _capturing(settings, around)
    else:
        configured = {name: urls for name, urls in settings.providers.items() if name in BUILDERS}
        channels = {name: _pool(name, urls, around, guards) for name, urls in configured.items()}
    if settings.mode is Mode.ALLOWLIST:
        allowed = settings.allow_recipients
        channels = {name: Allowlisted(channel, allowed) for name, channel in channels.items()}
    inbox, letters = StoredChannel(INBOX, store_inbox), StoredChannel(LETTERS, store_letter)
    return {**channels, **dict(zip(_OWN, (inbox, letters), strict=True))}


def names_channels(settings: Settings) -> bool:
    """Return whether the settings name a channel, beside the hub's own: in capture mode they name all."""
    return settings.mode is Mode.CAPTURE or bool(BUILDERS.keys() & settings.providers.keys())


def names_of(settings: Settings) -> list[str]:
    """Return the channels that the settings name, with the hub's own, without building any."""
    named = BUILDERS if settings.mode is Mode.CAPTURE else settings.providers
    return [*(name for name in BUILDERS if name in named), *_OWN]


def traits_of(names: Iterable[str]) -> dict[str, ChannelTraits]:
    """
    Return these channels as planning knows them, in the order of the registry; an unknown name is left out.

    Whether one `confirms` depends on its provider: delivery, which builds it, is the one that asks for it.
    """
    named = frozenset(names)
    return {name: traits for name, traits in TRAITS.items() if name in named}


def sender_address(settings: Settings, policy: Policy) -> str:
    """Return the sender address of e-mail: `?from=` of its URL, else the company's."""
    for url in settings.providers.get("email", ())[:1]:
        if url.scheme in {"smtp", "smtps"}:
            sender = parse_smtp(url.reveal(), setting=PROVIDERS["email"]).sender
            return sender or policy.company.email
    return policy.company.email


def texts_can_be_answered(settings: Settings) -> bool:
    """Return whether every sender of texts is `?two_way=true`: any of them may send."""
    urls = settings.providers.get("sms", ())
    return bool(urls) and all(is_two_way(url.reveal(), setting=PROVIDERS["sms"]) for url in urls)


def _capturing(settings: Settings, around: BuildContext) -> dict[str, Channel]:
    channels = {name: _folder(name, settings.capture_dir, around) for name in BUILDERS}
    catcher = settings.capture_smtp
    if catcher is not None:
        endpoint = SmtpEndpoint(host=catcher.host, port=catcher.port, starttls="never")
        channels["email"] = MailCatcher(_email(endpoint, "HUB_CAPTURE_SMTP", around))
    return channels


def _pool(name: str, urls: Sequence[SecretUrl], around: BuildContext, guards: ProviderLimits) -> Failover:
    """Build a channel's providers in the order of their URLs; each gets a name, a breaker and a rate."""
    channels = [_build(name, url, around) for url in urls]
    providers = [
        Provider(
            name=provider,
            channel=channel,
            breaker=guards.breakers.of(name, provider),
            rate=read_rate(url.reveal(), setting=PROVIDERS[name]),
        )
        for provider, channel, url in zip(
            _numbered(_kind(name, url) for url in urls), channels, urls, strict=True
        )
    ]
    return Failover(providers, throttle=guards.throttle, timeout=around.timeout)


def _numbered(kinds: Iterable[str]) -> Iterator[str]:
    """Yield `smtp`, `smtp-2`, `twilio` …: numbered from the second of a kind on."""
    seen: Counter[str] = Counter()
    for kind in kinds:
        seen[kind] += 1
        yield kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"


def first_of(settings: Settings) -> dict[str, str]:
    """Return channel → the provider that sends first, as its attempts name it, without building any."""
    named = {} if settings.mode is Mode.CAPTURE else settings.providers
    return {name: _kind(name, urls[0]) for name, urls in named.items() if urls and name in BUILDERS}


def _kind(name: str, url: SecretUrl) -> str:
    """Return the provider's kind: for a described provider its own name, which its receipts use."""
    if BUILDERS[name].get(url.scheme) is _described:
        setting = PROVIDERS[name]
        return load_spec(parse_generic(url.reveal(), setting=setting).spec, setting=setting).name
    return _KINDS.get(url.scheme, url.scheme.partition("+")[0])


def _build(name: str, url: SecretUrl, around: BuildContext) -> Channel:
    builders, setting = BUILDERS[name], PROVIDERS[name]
    builder = builders.get(url.scheme)
    if builder is None:
        known = ", ".join(f"{scheme}://" for scheme in builders)
        raise ConfigurationError(f"{setting} must begin with one of {known}.")
    return builder(setting, url.reveal(), around)


def _smtp(setting: str, url: str, around: BuildContext) -> Channel:
    return _email(parse_smtp(url, setting=setting), setting, around)


def _email(endpoint: SmtpEndpoint, setting: str, around: BuildContext) -> Channel:
    try:
        return EmailChannel(
            endpoint,
            sender=around.verp or endpoint.sender or around.policy.company.email,
            compose=around.compose,
            timeout=around.timeout,
        )
    except PermanentFailure as exc:
        detail = f"{setting}: ?from= (or company.email of the policy) is not an e-mail address."
        raise ConfigurationError(detail) from exc


def _twilio(setting: str, url: str, around: BuildContext) -> Channel:
    endpoint = parse_twilio(url, setting=setting)
    return TwilioChannel(
        endpoint,
        timeout=around.timeout,
        callback=around.public_url + CALLBACKS if _can_call_back(endpoint.base, around.public_url) else None,
    )


def _can_call_back(provider: str, public_url: str) -> bool:
    """Return whether the provider can reach us: Twilio refuses a message with a callback that it cannot."""
    provider_here, hub_here = (is_loopback(urlsplit(url).hostname or "") for url in (provider, public_url))
    return provider_here or not hub_here


def _described(setting: str, url: str, around: BuildContext) -> Channel:
    endpoint = parse_generic(url, setting=setting)
    spec = load_described(endpoint, setting=setting, signs=bool(around.ring))
    addresses = Addresses(public_url=around.public_url, ring=around.ring)
    reports = spec.receipts is not None and _can_call_back(endpoint.base, around.public_url)
    return GenericChannel(
        endpoint,
        spec,
        timeout=around.timeout,
        callback=partial(addresses.of_message, spec.name) if reports else None,
    )


def _whatsapp(setting: str, url: str, around: BuildContext) -> Channel:
    return WhatsappChannel(parse_whatsapp(url, setting=setting), timeout=around.timeout)


def _fcm(setting: str, url: str, around: BuildContext) -> Channel:
    endpoint = parse_fcm(url, setting=setting)
    return FcmChannel(
        endpoint.base,
        read_service_account(endpoint.credentials, setting=setting),
        timeout=around.timeout,
        now=NOW,
    )


def _folder(name: str, folder: Path, around: BuildContext) -> Channel:
    if name == "email":
        return Outbox(folder, TRAITS[name], render=around.compose, suffix=".eml")
    return Outbox(folder, TRAITS[name], render=as_json, suffix=".json")


def _file(name: str, setting: str, url: str, around: BuildContext) -> Channel:
    return _folder(name, parse_folder(url, setting=setting), around)


TRAITS: Final[Mapping[str, ChannelTraits]] = {
    "email": EmailChannel.traits,
    "sms": SMS_TRAITS,
    "push": FcmChannel.traits,
    "whatsapp": WHATSAPP_TRAITS,
    "inbox": INBOX,
    "print": LETTERS,
}
"""Channel → what is true of it whoever its provider is; of one that is built, its own `traits` say more."""

BUILDERS: Final[Mapping[str, Mapping[str, Builder]]] = {
    "email": {"smtp": _smtp, "smtps": _smtp, "file": partial(_file, "email")},
    "sms": {
        "twilio+https": _twilio,
        "twilio+http": _twilio,
        "http+https": _described,
        "http+http": _described,
        "file": partial(_file, "sms"),
    },
    "push": {"fcm+https": _fcm, "fcm+http": _fcm, "file": partial(_file, "push")},
    "whatsapp": {"whatsapp+https": _whatsapp, "whatsapp+http": _whatsapp, "file": partial(_file, "whatsapp")},
}
"""Channel → URL scheme → builder. A new provider is one line here."""

OWN: Final = ("inbox", "print")
"""Channels that need no setting: the hub itself is their provider."""

NAMES: Final = (*BUILDERS, *OWN)
"""All channels that can exist."""

QUEUES: Final = tuple((channel, lane) for channel in NAMES for lane in Lane)
"""All pairs of channel and lane."""
