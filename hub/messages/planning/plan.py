"""Plans of messages from event, people, rules, time. Pure: the same input gives the same messages and ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from hub.contact_rules import quiet_outside_hours
from hub.contact_rules.consents import NOT_CONSENTED
from hub.contact_rules.purposes import NEED_CONSENT
from hub.messages.planning.cascade import id_at
from hub.messages.planning.lifetime import Lifetime, Occasion, is_late_for_paper, lifetime, occasions
from hub.messages.planning.reach import (
    LATE_LETTER,
    LETTER,
    NONE,
    PAPER,
    authorised_channel,
    broken_channels,
    offered,
    refused_channels,
    steps_for,
    used_channel_only,
    why_unreachable,
    wished_channels,
)
from hub.messages.planning.texts import text_channels, with_text
from hub.model import (
    UNKNOWN_PERSON,
    Audience,
    ChannelTraits,
    Event,
    EventType,
    Lane,
    Message,
    Person,
    Purpose,
    State,
    StoredEvent,
    Target,
    WorkWeek,
)
from hub.policy import Policy

CROWD = 200
"""An audience with more recipients uses the bulk lane, unless the event is urgent."""

Weeks = tuple[WorkWeek | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """
    The inputs of planning: the configured channels and the company's policy.

    `links` says whether messages have links to their pages: intake learns it of delivery while it runs.
    """

    channels: Mapping[str, ChannelTraits]
    policy: Policy
    links: Callable[[], bool] = bool  # `bool()` is False


class Plan(Struct, frozen=True, kw_only=True):
    """
    The plan that all messages of one audience of one event share.

    `rested` holds the lifetimes of messages that wait for the recipient's working hours, by his `weeks`;
    `avoid` the channels not to use, each with its reason; `texts` the channels that lead a person without
    mail to the page of the message.
    """

    stored: StoredEvent
    index: int
    audience: Audience
    lane: Lane
    occasion: Occasion
    now: datetime
    lifetime: Lifetime
    rested: Mapping[Weeks, Lifetime]
    patience: timedelta | None
    avoid: Mapping[str, str]
    texts: Sequence[str]


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
    Plan the messages of audience `index` to these people, except those who are left out.

    `crowd` is the size of the whole audience, when `people` is only a page of it.
    """
    # Mostly there is nobody: intake plans each audience of each event, and calendar lookups are slow.
    if not people or is_recorded_only(stored.event):
        return []
    audience = used_channel_only(kind.audiences[index], stored.event)
    purpose = audience.purpose
    lane = lane_for(kind, purpose, len(people) if crowd is None else crowd)
    # Many people share few weeks: look each up once.
    weeks = {person.weeks for person in people} if purpose is Purpose.INTERNAL else set[Weeks]()
    texts = text_channels(kind.name, audience, rules.channels, rules.policy) if rules.links() else ()
    plans = [
        Plan(
            stored=stored,
            index=index,
            audience=audience,
            lane=lane,
            occasion=occasion,
            now=now,
            lifetime=lifetime(stored.event, purpose, occasion, rules.policy),
            rested={
                week: lifetime(stored.event, purpose, occasion, rules.policy, rests=True, weeks=week)
                for week in weeks
            },
            patience=rules.policy.patience.get(purpose),
            avoid=_late_letter(stored.event, kind, purpose, occasion, rules.policy, now)
            if (kind.reminders or kind.useful_until) and audience.print in PAPER and LETTER in rules.channels
            else broken_channels(stored.event),
            texts=texts,
        )
        for occasion in occasions(
            kind, purpose, stored.event, now, rules.policy, reminders_only=audience.reminders_only
        )
    ]
    recipients = [person for person in people if person.left_out is None]
    return [
        message for plan in plans for person in recipients for message in plan_person(plan, person, rules)
    ]


def _late_letter(
    event: Event, kind: EventType, purpose: Purpose, occasion: Occasion, policy: Policy, now: datetime
) -> Mapping[str, str]:
    """Return the channels that must not be used, where the event announces an instant."""
    late = is_late_for_paper(event, kind, purpose, at=occasion.at or now, policy=policy)
    return {LETTER: LATE_LETTER} if late else {}


def lane_for(kind: EventType, purpose: Purpose, crowd: int) -> Lane:
    """
    Return the bulk lane for a crowd, unless the event is urgent; else the event's own lane.

    A notice of the service about an urgent event is not urgent: nobody in danger waits behind it.
    """
    if kind.lane is Lane.URGENT:
        return Lane.NORMAL if purpose is Purpose.SERVICE else Lane.URGENT
    return Lane.BULK if crowd > CROWD else kind.lane


def is_recorded_only(event: Event) -> bool:
    """Return whether the publisher asked to record the event and notify nobody (extension `quiet`)."""
    return event.extensions.get("quiet") in (True, "true")


def plan_person(plan: Plan, person: Person, rules: Rules) -> list[Message]:
    """Plan the first step that can reach the person, with the later steps as its fallback."""
    audience, closed, skipped = plan.audience, NONE, list[str]()
    if plan.texts:
        audience = with_text(audience, person, plan.texts, rules.channels)
        plan = replace(plan, audience=audience) if audience is not plan.audience else plan
    # Hours alone refuse nothing: most messages pay for no verdict, nor for a call to find that out.
    if person.mark is not None or person.preferences is not None or audience.purpose in NEED_CONSENT:
        # Only people of the directory have consents on record.
        if audience.purpose in NEED_CONSENT and not person.known:
            return [_suppressed(plan, person, "inline_not_allowed", ())]
        closed = _closed(plan, person, rules)
        skipped = [f"{name}:{reason}" for name, reason in closed.items()]
        audience, passed_over = _chosen(plan, person, rules, closed)
        skipped += passed_over
        if closed.keys() >= set(offered(audience)):
            return [_suppressed(plan, person, _why(plan, closed), tuple(skipped))]
    usable = steps_for(audience, person, rules.channels, skipped, avoid=plan.avoid, closed=closed)
    if not usable:
        return [_suppressed(plan, person, why_unreachable(skipped), tuple(skipped))]
    number, targets = usable[0]
    fallback = tuple(later for _, later in usable[1:])
    return [_message(plan, person, number, target, fallback, tuple(skipped)) for target in targets]


def _closed(plan: Plan, person: Person, rules: Rules) -> Mapping[str, str]:
    """Ask the rules, for the instant at which the message is planned to leave."""
    audience, at = plan.audience, plan.occasion.at or plan.now
    rests = quiet_outside_hours(person, audience, plan.stored.event)
    return refused_channels(audience, person, rules.channels, rules.policy, at=at, rests=rests)


def _chosen(
    plan: Plan, person: Person, rules: Rules, closed: Mapping[str, str]
) -> tuple[Audience, Sequence[str]]:
    """Limit the audience to the choices of policy and person; also return the channels skipped for that."""
    audience = plan.audience
    if audience.one_authorised:
        audience = authorised_channel(audience, person, rules.policy.collection.channels, closed)
    if person.preferences is None:
        return audience, ()
    return wished_channels(audience, person, plan.stored.event, closed)


def _why(plan: Plan, closed: Mapping[str, str]) -> str:
    """Return why nothing is left: the reason of the channel that the row names, which is the first."""
    return closed.get(plan.audience.channels[0][0], NOT_CONSENTED)


def unknown_person(message: Message) -> Message:
    """Make the suppressed row of a message to a reference that the directory does not have."""
    return replace(message, state=State.SUPPRESSED, reason=UNKNOWN_PERSON, next_at=None, fallback=())


def _message(
    plan: Plan,
    person: Person,
    step: int,
    target: Target,
    fallback: tuple[tuple[Target, ...], ...],
    skipped: tuple[str, ...],
) -> Message:
    event = plan.stored.event
    resting = quiet_outside_hours(person, plan.audience, event)
    life = plan.rested[person.weeks] if resting else plan.lifetime
    state, reason = _beginning(plan, life)
    return Message(
        id=id_at(plan.stored.key, person.ref, target, plan.occasion.name),
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
        expires_at=life.expires_at,
        ends_at=life.ends_at,
        patience=plan.patience if fallback else None,
        variant=(plan.audience.other_towers if person.other_tower else None) or plan.audience.template,
        units=person.units,
        rests=resting,
        created_at=plan.now,
        skipped=skipped,
        # A message that is too old for its first step is too old for all steps.
        fallback=() if state is State.EXPIRED else fallback,
    )


def _beginning(plan: Plan, life: Lifetime) -> tuple[State, str | None]:
    """Return the first state and its reason: a back-filled event may have expired, a reminder waits."""
    if life.expires_at is not None and life.expires_at <= plan.now:
        return State.EXPIRED, "too_old"
    return (State.HELD, "scheduled") if plan.occasion.at else (State.QUEUED, None)


def _suppressed(plan: Plan, person: Person, reason: str, skipped: tuple[str, ...]) -> Message:
    target = Target(channel=plan.audience.channels[0][0], contact_id="", address="")
    message = _message(plan, person, 0, target, (), skipped)
    return replace(message, state=State.SUPPRESSED, reason=reason, next_at=None)
