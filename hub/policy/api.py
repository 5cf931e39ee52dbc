"""The limit of one caller's requests over HTTP."""

from __future__ import annotations

from msgspec import Struct

from hub.business_time.durations import Parsed
from hub.policy.values import RateLimit


class ApiPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`events` counts requests to `/api/events`, `requests` all others of the API; "none" is no limit."""

    requests: Parsed[RateLimit]
    events: Parsed[RateLimit]
