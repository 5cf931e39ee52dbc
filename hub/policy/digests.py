"""
Hours of digests: for people that of service messages that are not urgent, for staff that of unreachable
people.
"""

from __future__ import annotations

from msgspec import Struct

from hub.business_time.durations import Parsed
from hub.policy.values import Daily, Weekday


class NoticeDigestPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`at` is its hour, of a weekly one on this `weekday`. Without an hour no message waits for a digest."""

    at: Parsed[Daily]
    weekday: Weekday


class ReachPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`at` and `weekday` are when staff hears which units cannot be reached; without an hour it does not."""

    at: Parsed[Daily]
    weekday: Weekday
