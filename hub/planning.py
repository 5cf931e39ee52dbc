"""Event + people + rules + now → messages. Pure: the same input gives the same messages and ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hub.contact_rules import next_allowed
from hub.identity import message_id
from hub.model import (
    Audience,
    ChannelTraits,
    ContactPoint,
    Event,
    EventType,
    Lane,
    Message,
    Person,
    Purpose,
    State,
    StoredEvent,
    Target,
)
from hub.phones import can_text
from hub.policy import Policy

CROWD = 200
"""More recipients than this travel in the bulk lane, unless the event is urgent."""

_KNOWN_PEOPLE_ONLY = frozenset({Purpose.SURVEY, Purpose.COLLECTION, Purpose.COMMERCIAL})
"""Purposes that need a person of the directory, whose consent can be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What planning goes by: the channels that are configured, and the company's policy."""

    channels: Mapping[str, ChannelTraits]
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One time of saying something: `initial` now, or a reminder at `at`, worthless after `until`."""

    name: str = "initial"
    at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What all messages of one audience of one event have in common."""

    stored: StoredEvent
    index: int
    audience: Audience
    lane: Lane
    occasion: Occasion
    now: datetime
    expires_at: datetime | None


def plan_audience(
    stored: StoredEvent,
    kind: EventType,
    index: int,
    people: Sequence[Person],
    *,
    rules: Rules,
    now: datetime,
    crowd: int | None = None,
) -> list[Message]:
    """
    Plan the messages of audience `index` to these people.

    `crowd` is how many the audience has in all, when `people` is only a page of them.
    """
    if is_quiet(stored.event):
        return []
    lane = lane_for(kind, len(people) if crowd is None else crowd)
    plans = [
        Plan(
            stored=stored,
            index=index,
            audience=kind.audiences[index],
            lane=lane,
            occasion=occasion,
            now=now,
            expires_at=expiry(stored.event, kind.audiences[index].purpose, occasion, rules.policy),
        )
        for occasion in occasions(kind, stored.event, now)
    ]
    return [message for plan in plans for person in people for message in plan_person(plan, person, rules)]


def lane_for(kind: EventType, crowd: int) -> Lane:
    """Keep an urgent event urgent; send a crowd by the bulk lane."""
    return Lane.BULK if crowd > CROWD and kind.lane is not Lane.URGENT else kind.lane


def is_quiet(event: Event) -> bool:
    """Tell whether the publisher asked to record the event and say nothing (extension `quiet`)."""
    return event.extensions.get("quiet") in (True, "true")


def occasions(kind: EventType, event: Event, now: datetime) -> Iterator[Occasion]:
    """Answer when an event is spoken of: now, and at its reminders that are still to come."""
    yield Occasion()
    for reminder in kind.reminders:
        until = _instant(event.data[reminder.field])
        at = until - reminder.before
        if at > now:
            hours = int(reminder.before / timedelta(hours=1))
            yield Occasion(name=f"reminder:T-{hours}h", at=at, until=until)


def expiry(event: Event, purpose: Purpose, occasion: Occasion, policy: Policy) -> datetime | None:
    """
    Answer when a message is no longer worth sending; None for never.

    Counted from the later of the event's time and the first instant at which contact is allowed;
    the publisher's `expirytime` is wall time and bounds it. A reminder ends with what it reminds of.
    """
    bounds = [occasion.until, _expirytime(event)]
    lifetime = policy.expiry[purpose]
    if lifetime is not None:
        bounds.append(next_allowed(purpose, occasion.at or event.time, policy=policy) + lifetime)
    return min((bound for bound in bounds if bound is not None), default=None)


def plan_person(plan: Plan, person: Person, rules: Rules) -> list[Message]:
    """Plan the first step that can reach the person, with the steps after it as its fallback."""
    if plan.audience.purpose in _KNOWN_PEOPLE_ONLY and not person.known:
        return [_suppressed(plan, person, "inline_not_allowed", ())]
    skipped: list[str] = []
    steps = [_targets(step, person, rules.channels, skipped) for step in plan.audience.channels]
    usable = [(number, targets) for number, targets in enumerate(steps) if targets]
    if not usable:
        return [_suppressed(plan, person, _why_unreachable(skipped), tuple(skipped))]
    number, targets = usable[0]
    fallback = tuple(later for _, later in usable[1:])
    return [_message(plan, person, number, target, fallback, tuple(skipped)) for target in targets]


def unknown_person(message: Message) -> Message:
    """Turn a message planned for a reference that the directory does not have into its suppressed row."""
    return replace(message, state=State.SUPPRESSED, reason="unknown_person", next_at=None, fallback=())


def next_steps(lost: Iterable[Message], *, now: datetime) -> list[Message]:
    """Make what comes after these messages, each once: those of one step share their next one."""
    following = {new.id: new for message in lost for new in next_step(message, now=now)}
    return list(following.values())


def next_step(failed: Message, *, now: datetime) -> list[Message]:
    """Make the messages of the cascade's next step, from what planning left in the failed one."""
    if not failed.fallback:
        return []
    targets, *later = failed.fallback
    return [
        replace(
            failed,
            id=_id(failed.event_key, failed.person, target, failed.occasion),
            channel=target.channel,
            contact_id=target.contact_id,
            address=target.address,
            step=failed.step + 1,
            state=State.QUEUED,
            reason=None,
            next_at=None,
            created_at=now,
            fallback=tuple(later),
        )
        for target in targets
    ]


def _targets(
    step: Iterable[str], person: Person, channels: Mapping[str, ChannelTraits], skipped: list[str]
) -> tuple[Target, ...]:
    found: list[Target] = []
    for name in step:
        points = _points(channels.get(name), person)
        if isinstance(points, str):
            skipped.append(f"{name}:{points}")
        else:
            found.extend(Target(channel=name, contact_id=p.id, address=p.value) for p in points)
    return tuple(found)


def _points(channel: ChannelTraits | None, person: Person) -> Sequence[ContactPoint] | str:
    """Answer the contact points to use, or the reason why the channel is passed over."""
    if channel is None:
        return "not_configured"
    if channel.contact is None:
        if not person.known:
            return "stranger"
        return [ContactPoint(id=channel.name, kind=channel.name, value=person.ref)]
    points = [point for point in person.contact_points if point.kind == channel.contact]
    if channel.text_phone:
        points = [point for point in points if can_text(point.value)]
    if not points:
        return "no_contact"
    # A person has several devices, and all of them ring; one address and one number are enough.
    if channel.contact == "push":
        return points
    return [next((point for point in points if point.verified), points[0])]


def _why_unreachable(skipped: Sequence[str]) -> str:
    reasons = {entry.partition(":")[2] for entry in skipped}
    return "no_contact" if reasons & {"no_contact", "stranger"} or not reasons else "not_configured"


def _message(
    plan: Plan,
    person: Person,
    step: int,
    target: Target,
    fallback: tuple[tuple[Target, ...], ...],
    skipped: tuple[str, ...],
) -> Message:
    event = plan.stored.event
    state, reason = _beginning(plan)
    return Message(
        id=_id(plan.stored.key, person.ref, target, plan.occasion.name),
        event_key=plan.stored.key,
        event_id=event.id,
        event=event.name,
        audience=plan.index,
        step=step,
        person=person.ref,
        name=person.name,
        locale=person.locale,
        channel=target.channel,
        purpose=plan.audience.purpose,
        lane=plan.lane,
        occasion=plan.occasion.name,
        contact_id=target.contact_id,
        address=target.address,
        state=state,
        reason=reason,
        next_at=plan.occasion.at if state is State.HELD else None,
        expires_at=plan.expires_at,
        created_at=plan.now,
        skipped=skipped,
        # What is too old for its first step is too old for all of them.
        fallback=() if state is State.EXPIRED else fallback,
    )


def _id(event_key: UUID, person: str, target: Target, occasion: str) -> UUID:
    return message_id(
        event_key, person=person, channel=target.channel, occasion=occasion, contact_id=target.contact_id
    )


def _beginning(plan: Plan) -> tuple[State, str | None]:
    """Answer the first state: a back-filled event is too old to be told, a reminder waits."""
    if plan.expires_at is not None and plan.expires_at <= plan.now:
        return State.EXPIRED, "too_old"
    return (State.HELD, "scheduled") if plan.occasion.at else (State.QUEUED, None)


def _suppressed(plan: Plan, person: Person, reason: str, skipped: tuple[str, ...]) -> Message:
    target = Target(channel=plan.audience.channels[0][0], contact_id="", address="")
    message = _message(plan, person, 0, target, (), skipped)
    return replace(message, state=State.SUPPRESSED, reason=reason, next_at=None)


def _expirytime(event: Event) -> datetime | None:
    raw = event.extensions.get("expirytime")
    return None if raw is None else _instant(raw)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
