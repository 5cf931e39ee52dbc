"""When people get the digest of service messages that are not urgent."""

from __future__ import annotations

from msgspec import Struct

from hub.business_time.durations import Parsed
from hub.policy.values import Daily, Weekday


class NoticeDigestPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`at` is its hour, of a weekly one on this `weekday`. Without an hour no message waits for a digest."""

    at: Parsed[Daily]
    weekday: Weekday
