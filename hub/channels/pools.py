"""Several URLs of a channel made into one way to reach people, each with its name, breaker and rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.breaker import Breakers
from hub.channels.failover import Failover, Provider
from hub.channels.urls import read_rate
from hub.ports import Channel, Throttle
from hub.settings import SecretUrl

_KINDS: Final = {"smtps": "smtp"}
"""Schemes that are not called by what stands before their `+`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What keeps providers from being asked in vain, and too often."""

    breakers: Breakers
    throttle: Throttle


def pooled(
    name: str,
    urls: Sequence[SecretUrl],
    build: Callable[[SecretUrl], Channel],
    *,
    setting: str,
    guards: Guards,
    timeout: timedelta,
) -> Failover:
    """Build a channel's providers in the order of their URLs. Raises `ConfigurationError`."""
    providers = [
        Provider(
            name=provider,
            channel=build(url),
            breaker=guards.breakers.of(name, provider),
            rate=read_rate(url.reveal(), setting=setting),
        )
        for provider, url in zip(provider_names(urls), urls, strict=True)
    ]
    return Failover(providers, throttle=guards.throttle, timeout=timeout)


def provider_names(urls: Sequence[SecretUrl]) -> list[str]:
    """Answer `smtp`, `smtp-2`, `twilio` …: the second of a kind and those after it are numbered."""
    seen: Counter[str] = Counter()
    names = []
    for url in urls:
        kind = _KINDS.get(url.scheme, url.scheme.partition("+")[0])
        seen[kind] += 1
        names.append(kind if seen[kind] == 1 else f"{kind}-{seen[kind]}")
    return names
