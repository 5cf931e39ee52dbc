"""
Rate limit of one caller's requests, with the headers that each response has of it.

The headers are `RateLimit-Policy` and `RateLimit` of the IETF (draft-ietf-httpapi-ratelimit-headers-10), as
structured fields: the policy, its quota and window; the rest of the quota, and the seconds until it is whole
again. Each web process counts for itself. The events have a quota of their own: a caller with many requests
may still publish.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from math import ceil
from typing import Final

from aiohttp import hdrs, web

from hub.policy.api import ApiPolicy
from hub.resilience.rate_limit import Rate
from hub.resilience.tallies import Tallies
from hub.web.auth.caller import CALLER
from hub.web.responses import QUOTA, Handler, Refusal

LIMIT: Final = "RateLimit"
POLICY: Final = "RateLimit-Policy"
REASON: Final = "rate"
_EVENTS: Final = "/api/events"


class Quota:
    """One policy: a window for each caller, which begins with the first request and then starts over."""

    def __init__(self, name: str, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._most = rate.count
        self._used = Tallies(clock, rate.per.total_seconds())
        self._policy = f'"{name}";q={rate.count};w={ceil(rate.per.total_seconds())}'

    def take(self, caller: str) -> Mapping[str, str]:
        """Count a request and return its headers. Raises Refusal (429) if the quota is used up."""
        used = self._used.count(caller).count
        resets = self._used.left(caller)
        headers = {
            POLICY: self._policy,
            LIMIT: f'"{self._name}";r={max(0, self._most - used)};t={resets}',
        }
        if used > self._most:
            raise _too_many({**headers, hdrs.RETRY_AFTER: str(resets)})
        return headers


_QUOTAS: Final = web.AppKey("quotas", Mapping[str, Quota])


def set_quotas(app: web.Application, policy: ApiPolicy) -> None:
    rates = {"api": policy.requests, "events": policy.events}
    app[_QUOTAS] = {name: Quota(name, rate) for name, rate in rates.items() if rate is not None}


@web.middleware
async def limit_rate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a request of the API, or refuse it (429) while its caller has used up the quota."""
    if CALLER in request and request.path.startswith("/api/"):
        quota = request.app[_QUOTAS].get("events" if request.path == _EVENTS else "api")
        if quota is not None:
            request[QUOTA] = quota.take(request[CALLER].who)
    return await handler(request)


def _too_many(headers: Mapping[str, str]) -> Refusal:
    return Refusal(
        429,
        "Too many requests by this caller.",
        "Wait as long as Retry-After says; RateLimit says before how many are left.",
        headers=headers,
        reason=REASON,
    )
