"""
Calls of webhooks, at addresses that somebody has typed in: never in the company's own network.

`hub.channels.guarded_addresses` checks the address that is called. No redirect is followed, and no answer is
read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from hub.channels.guarded_addresses import FAILURES, Guard, GuardedSession, PrivateAddress, reason_of
from hub.errors import InvalidSubscription, WebhookFailure
from hub.settings.values import Networks, is_loopback

TIMEOUT: Final = 10.0
"""Seconds for a whole call."""
LOOK_UP: Final = 3.0
"""Seconds for the address of a name, when it is added."""
LONGEST_URL: Final = 1000
_GONE: Final = 410


def require_url(url: str) -> None:
    """Raise InvalidSubscription unless a webhook may have this URL: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidSubscription("that is no URL") from None
    if not host or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidSubscription(f"a webhook has a URL of ASCII, of {LONGEST_URL} characters at most")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InvalidSubscription("a webhook's URL has no user, no password and no fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise InvalidSubscription("a webhook needs https; http only on this machine")


async def require_public(url: str, networks: Networks) -> None:
    """
    Raise InvalidSubscription if no call would go to this URL: its host is, or means now, a private address.

    A name that nobody knows yet may be known later; a call looks again.
    """
    guard, host = Guard(networks), urlsplit(url).hostname or ""
    try:
        guard.check(host)
        async with asyncio.timeout(LOOK_UP):
            await guard.resolve(host)
    except PrivateAddress:
        raise InvalidSubscription(
            "a webhook is not called at a private address, but in the networks of HUB_WEBHOOK_NETWORKS"
        ) from None
    except (OSError, TimeoutError):
        return


class HttpWebhookCalls(GuardedSession):
    """`hub.ports.webhooks.WebhookCalls`. `networks` may be called although they are private."""

    def __init__(self, networks: Networks, *, timeout: float = TIMEOUT) -> None:
        super().__init__(networks, timeout=timeout, headers={"User-Agent": "hub"})

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            # aiohttp asks no resolver for an address.
            self.guard.check(urlsplit(url).hostname or "")
            async with (
                asyncio.timeout(self.timeout),
                self.opened().post(url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                status = response.status
        except FAILURES as exc:
            raise WebhookFailure(reason_of(exc)) from exc
        if not 200 <= status < 300:
            raise WebhookFailure(f"http_{status}", gone=status == _GONE)
