"""Combines the URLs of a channel into one failover channel; each gets a name, a breaker and a rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.channels.failover import Failover, Provider
from hub.channels.sms.generic import GenericChannel
from hub.channels.urls import read_rate
from hub.ports import Channel, Throttle
from hub.resilience.breaker import Breakers
from hub.settings import SecretUrl

_KINDS: Final = {"smtps": "smtp"}
"""Names of schemes that differ from the part before their `+`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLimits:
    """Breakers and rate limits of providers."""

    breakers: Breakers
    throttle: Throttle


def build_failover(
    name: str,
    urls: Sequence[SecretUrl],
    build: Callable[[SecretUrl], Channel],
    *,
    setting: str,
    guards: ProviderLimits,
    timeout: timedelta,
) -> Failover:
    """Build a channel's providers in the order of their URLs. Raises `ConfigurationError`."""
    channels = [build(url) for url in urls]
    kinds = [_kind(url, channel) for url, channel in zip(urls, channels, strict=True)]
    providers = [
        Provider(
            name=provider,
            channel=channel,
            breaker=guards.breakers.of(name, provider),
            rate=read_rate(url.reveal(), setting=setting),
        )
        for provider, channel, url in zip(numbered(kinds), channels, urls, strict=True)
    ]
    return Failover(providers, throttle=guards.throttle, timeout=timeout)


def numbered(kinds: Iterable[str]) -> list[str]:
    """Return `smtp`, `smtp-2`, `twilio` …: numbered from the second of a kind on."""
    seen: Counter[str] = Counter()
    names = []
    for kind in kinds:
        seen[kind] += 1
        names.append(kind if seen[kind] == 1 else f"{kind}-{seen[kind]}")
    return names


def _kind(url: SecretUrl, channel: Channel) -> str:
    """Return the provider's kind: for a described provider its own name, which its receipts use."""
    if isinstance(channel, GenericChannel):
        return channel.name
    return _KINDS.get(url.scheme, url.scheme.partition("+")[0])
