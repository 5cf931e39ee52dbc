"""Lifetimes: the instants at which an event sends messages, and when each message expires. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from hub.business_time.dates import DATE_LENGTH, last_instant
from hub.contact_rules import next_allowed
from hub.model import Event, EventType, Purpose, Reminder, WorkWeek
from hub.policy import Policy


class Occasion(Struct, frozen=True, kw_only=True):
    """
    One time of notification: `initial` now, or a reminder at `at`.

    It expires at `until`. A reminder that comes after its instant, and an event whose news stay true, have no
    `until`: their purpose sets their life.
    """

    name: str = "initial"
    at: datetime | None = None
    until: datetime | None = None


class Lifetime(Struct, frozen=True, kw_only=True):
    """`expires_at` moves while a message is held, up to `ends_at`, which is wall time. None: never."""

    expires_at: datetime | None
    ends_at: datetime | None


def occasions(
    kind: EventType,
    purpose: Purpose,
    event: Event,
    now: datetime,
    policy: Policy,
    *,
    reminders_only: bool = False,
) -> Iterator[Occasion]:
    """
    Yield the occasions of an event: now, unless it has `reminders_only`, and its reminders still to come.

    A legally required message has no reminders: a reminder by letter would come too late. Nor can its
    publisher make it worthless.
    """
    if purpose is Purpose.LEGAL:
        yield Occasion()
        return
    end = _useful_until(event, kind.useful_until) if kind.useful_until else None
    if not reminders_only:
        yield Occasion(until=end)
    # Several closed days before a date may move two reminders to one opening: the later in the list is sent.
    planned: dict[datetime, Occasion] = {}
    for reminder in kind.reminders:
        at, until = _times(reminder, event, policy)
        if at is not None and at > now:
            planned[at] = Occasion(name=reminder.occasion, at=at, until=_earlier(until, end))
    yield from planned.values()


def _times(reminder: Reminder, event: Event, policy: Policy) -> tuple[datetime | None, datetime | None]:
    """Return when a reminder is sent, if ever, and from when on it is worth nothing."""
    if reminder.follow_up is not None:
        return _by_policy(reminder, event, policy.follow_ups[reminder.follow_up])
    text = event.data[reminder.field]
    if len(text) == DATE_LENGTH:
        day = date.fromisoformat(text) + reminder.offset
        return policy.calendar.last_opening(day), last_instant(text).astimezone(UTC)
    about, days = _instant(text), reminder.business_days
    at = policy.calendar.opening_before(about, days) if days else about + reminder.offset
    return at, about if at < about else None


def _by_policy(
    reminder: Reminder, event: Event, delay: timedelta | None
) -> tuple[datetime | None, datetime | None]:
    """Return the times of a reminder that comes this long after its event, unless that is too late."""
    ends = None if reminder.until is None else event.data.get(reminder.until)
    until = None if ends is None else _instant(ends)
    at = None if delay is None else event.time + delay
    return (None if at is not None and until is not None and at >= until else at), until


def _useful_until(event: Event, field: str) -> datetime | None:
    text = event.data.get(field)
    return None if text is None else last_instant(text).astimezone(UTC)


class Ends(Struct, frozen=True, kw_only=True):
    """
    The ends of a case: events up to them send no more reminders, or no more collection; None: no limit.

    Events up to `messages` send nothing more at all. `collected` is when an event has last asked for money.
    """

    reminders: datetime | None = None
    collection: datetime | None = None
    collected: datetime | None = None
    messages: datetime | None = None


def ends_of(history: Iterable[Event], catalog: Mapping[str, EventType], known: Ends) -> Ends:
    """Move the known ends forward to those of these events."""
    reminders, collection, collected = known.reminders, known.collection, known.collected
    messages = known.messages
    for event in history:
        kind = catalog[event.name]
        if kind.ends_reminders:
            reminders = _latest(reminders, _end(event, own=bool(kind.reminders)))
        if kind.ends_collection:
            collection = _latest(collection, _end(event, own=kind.collects))
        if kind.collects:
            collected = _latest(collected, event.time)
        if kind.ends_messages:
            messages = _latest(messages, event.time)
    return Ends(reminders=reminders, collection=collection, collected=collected, messages=messages)


def _latest(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


def _end(event: Event, *, own: bool) -> datetime:
    """Exclude the event's own instant if it has such messages itself: it ends only those of other events."""
    return event.time - timedelta.resolution if own else event.time


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
    wall = None if purpose is Purpose.LEGAL else expirytime(event)
    ends_at = _earlier(occasion.until, wall)
    length = policy.expiry[purpose]
    if length is None:
        return Lifetime(expires_at=ends_at, ends_at=ends_at)
    since = occasion.at or event.time
    worth_until = next_allowed(purpose, since, policy=policy, rests=rests, weeks=weeks) + length
    return Lifetime(expires_at=_earlier(worth_until, ends_at), ends_at=ends_at)


def is_late_for_paper(
    event: Event, kind: EventType, purpose: Purpose, *, at: datetime, policy: Policy
) -> bool:
    """
    Return whether a letter that is printed `at` an instant would be read too late for what it announces.

    Paper is carried by hand, within `[letters] lead`. A legal notice is printed at any time: it is the proof.
    """
    if purpose is Purpose.LEGAL:
        return False
    instants = [_times(reminder, event, policy)[1] for reminder in kind.reminders]
    if kind.useful_until:
        instants.append(_useful_until(event, kind.useful_until))
    return any(instant - at <= policy.letters.lead for instant in instants if instant is not None)


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    if first is None or second is None:
        return first or second
    return min(first, second)


def expirytime(event: Event) -> datetime | None:
    """Return the instant after which its publisher calls the event worthless."""
    raw = event.extensions.get("expirytime")
    return None if raw is None else _instant(raw)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
