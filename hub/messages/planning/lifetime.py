"""When an event sends messages, and when each message expires. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from hub.contact_rules import next_allowed
from hub.model import Event, EventType, Purpose, WorkWeek
from hub.policy import Policy


class Occasion(Struct, frozen=True, kw_only=True):
    """
    One time of notification: `initial` now, or a reminder at `at`.

    It expires at `until`. A reminder that comes after its instant has no `until`: its purpose sets its life.
    """

    name: str = "initial"
    at: datetime | None = None
    until: datetime | None = None


class Lifetime(Struct, frozen=True, kw_only=True):
    """`expires_at` moves while a message is held, up to `ends_at`, which is wall time. None: never."""

    expires_at: datetime | None
    ends_at: datetime | None


def occasions(kind: EventType, purpose: Purpose, event: Event, now: datetime) -> Iterator[Occasion]:
    """
    Yield the occasions of an event: now, and its reminders that are still to come.

    A legally required message has no reminders: a reminder by letter would come too late.
    """
    yield Occasion()
    for reminder in () if purpose is Purpose.LEGAL else kind.reminders:
        about = _instant(event.data[reminder.field])
        at = about + reminder.offset
        if at > now:
            yield Occasion(name=reminder.occasion, at=at, until=about if at < about else None)


def reminders_end(history: Iterable[Event], catalog: Mapping[str, EventType]) -> datetime | None:
    """Return the instant up to which the events of a case send no more reminders; None: no limit."""
    known = ((event, catalog[event.name]) for event in history if event.name in catalog)
    return max((_end(event, kind) for event, kind in known if kind.ends_reminders), default=None)


def _end(event: Event, kind: EventType) -> datetime:
    """Exclude the event's own instant if it has reminders itself: it ends only those of earlier events."""
    return event.time - timedelta.resolution if kind.reminders else event.time


def lifetime(
    event: Event,
    purpose: Purpose,
    occasion: Occasion,
    policy: Policy,
    *,
    rests: bool = False,
    weeks: Sequence[WorkWeek | None] = (),
) -> Lifetime:
    """
    Return how long a message is worth sending.

    The lifetime runs from the event's time (a reminder: from its own), or from the first instant after it
    at which contact is allowed. The publisher's `expirytime` is wall time and bounds it. A reminder of a
    coming instant expires at that instant.
    """
    # A legally required message goes out however late: no publisher can make it expire in silence.
    wall = None if purpose is Purpose.LEGAL else _expirytime(event)
    ends_at = _earlier(occasion.until, wall)
    length = policy.expiry[purpose]
    if length is None:
        return Lifetime(expires_at=ends_at, ends_at=ends_at)
    since = occasion.at or event.time
    worth_until = next_allowed(purpose, since, policy=policy, rests=rests, weeks=weeks) + length
    return Lifetime(expires_at=_earlier(worth_until, ends_at), ends_at=ends_at)


def is_late_for_paper(
    event: Event, kind: EventType, purpose: Purpose, *, at: datetime, lead: timedelta
) -> bool:
    """
    Return whether a letter that is printed at `at` would be read after what it announces has begun.

    Paper is carried by hand, within `lead`. A legal notice is printed at any time: it is the proof.
    """
    if purpose is Purpose.LEGAL:
        return False
    announced = [reminder.field for reminder in kind.reminders if reminder.before]
    return any(_instant(event.data[field]) - at <= lead for field in announced)


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    if first is None or second is None:
        return first or second
    return min(first, second)


def _expirytime(event: Event) -> datetime | None:
    raw = event.extensions.get("expirytime")
    return None if raw is None else _instant(raw)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
