"""The channels and addresses that can reach a person, step by step. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from hub.contact_rules.consents import NOT_CONSENTED
from hub.model import (
    HUB_SOURCE,
    Audience,
    Cascade,
    ChannelTraits,
    ContactPoint,
    Event,
    Person,
    Print,
    Purpose,
    Target,
)
from hub.people.audience import preferred
from hub.phones import can_text

LETTER: Final = "print"
"""The channel of letters."""

BROKEN: Final = "broken"
"""The reason to skip a channel in the event that reports it broken."""

PAPER: Final = frozenset({Print.LETTER, Print.BOTH})
"""The audiences that get letters."""

LATE_LETTER: Final = "late_letter"
"""The reason to send no letter about something that begins before anybody would read it."""

Step = tuple[int, tuple[Target, ...]]
"""The number of a step in its audience, and its targets."""


def steps_for(
    audience: Audience,
    person: Person,
    channels: Mapping[str, ChannelTraits],
    skipped: list[str],
    *,
    avoid: Mapping[str, str] = MappingProxyType({}),
) -> list[Step]:
    """
    Return the steps that reach the person, in order; append each skipped channel to `skipped`.

    `avoid` are channels not to use, each with its reason.
    """
    planned = ways(audience, person)
    if avoid:
        skipped += [f"{name}:{avoid[name]}" for step in planned for name in step if name in avoid]
        planned = [tuple(name for name in step if name not in avoid) for step in planned]
    steps = [_targets(step, person, channels, skipped) for step in planned]
    if audience.purpose is Purpose.EMERGENCY:
        # The last resort is not part of the audience: channels that it skips are not recorded.
        steps.append(_targets(last_resort(audience, channels), person, channels, []))
    usable = [(number, targets) for number, targets in enumerate(steps) if targets]
    return usable[:1] if audience.cascade is Cascade.FIRST else usable


def used_channel_only(audience: Audience, event: Event) -> Audience:
    """Limit a `channel_by` audience to the channel that the event names; keep all if it names none."""
    if audience.channel_by is None:
        return audience
    used = event.data.get(audience.channel_by)
    steps = tuple(step for step in audience.channels if used in step)
    return replace(audience, channels=steps or audience.channels)


def authorised_channel(audience: Audience, person: Person, order: Sequence[str]) -> Audience:
    """
    Limit an audience to the channels that the person has authorised, of which one is used.

    That is the one authorised for longest, so that another consent does not change it; of several that were
    authorised at once, the first in the policy's `order`. Without any, there is no channel.
    """
    since = dict(person.authorised or ())
    names = [name for name in order if name in since and name in offered(audience)]
    steps = tuple((name,) for name in sorted(names, key=lambda name: since[name]))
    return replace(audience, channels=steps, cascade=Cascade.FIRST)


def offered(audience: Audience) -> frozenset[str]:
    """Return the channels of an audience, those of all its steps."""
    return frozenset(name for step in audience.channels for name in step)


def unauthorised(audience: Audience, person: Person) -> Mapping[str, str]:
    """Return the channels that the person has not authorised for the purpose, each with the reason."""
    closed = offered(audience).difference(name for name, _ in person.authorised or ())
    return dict.fromkeys(sorted(closed), NOT_CONSENTED)


def ways(audience: Audience, person: Person) -> Sequence[tuple[str, ...]]:
    """
    Return the channels of each step.

    A letter is the last step; a person without digital access gets it in the first step.
    """
    steps = audience.channels
    if audience.cascade is Cascade.ALL:
        steps = (tuple(dict.fromkeys(name for step in steps for name in step)),)
    if audience.print not in PAPER:
        return steps
    if not person.digital_access:
        return ((LETTER, *steps[0]), *steps[1:])
    return (*steps, (LETTER,))


def last_resort(audience: Audience, channels: Iterable[str]) -> Sequence[str]:
    """
    Return the last step of an emergency, when its own channels have failed: every other channel.

    A carrier that blocks a text, or a number that is gone, must not keep the news of a fire from anybody.
    Paper is excluded: it comes too late.
    """
    if audience.purpose is not Purpose.EMERGENCY:
        return ()
    planned = {LETTER}.union(*audience.channels)
    return [name for name in channels if name not in planned]


def _targets(
    step: Iterable[str], person: Person, channels: Mapping[str, ChannelTraits], skipped: list[str]
) -> tuple[Target, ...]:
    targets: list[Target] = []
    for name in step:
        points = _points(channels.get(name), person)
        if isinstance(points, str):
            skipped.append(f"{name}:{points}")
        else:
            for point in points:
                targets.append(Target(channel=name, contact_id=point.id, address=point.value))  # noqa: PERF401 - a generator each
    return tuple(targets)


def _points(channel: ChannelTraits | None, person: Person) -> Sequence[ContactPoint] | str:
    """Return the contact points to use, or the reason to skip the channel."""
    if channel is None:
        return "not_configured"
    if channel.contact is None:
        if not (person.known or channel.strangers):
            return "stranger"
        return [ContactPoint(id=channel.name, kind=channel.name, value=person.ref)]
    points = [
        point
        for point in person.contact_points
        if point.kind == channel.contact and (not channel.text_phone or can_text(point.value))
    ]
    if not points:
        return "no_contact"
    # All of a person's devices get the push; one address and one number are enough.
    if channel.contact == "push" or len(points) == 1:
        return points
    return [preferred(points)]


def broken_channels(event: Event) -> Mapping[str, str]:
    """Return the channels that an event of the hub's own reports as broken, and must not use."""
    return dict.fromkeys(event.data.get("avoid", ()), BROKEN) if event.source == HUB_SOURCE else {}


def why_unreachable(skipped: Sequence[str]) -> str:
    """Return the reason that helps an operator most."""
    reasons = {entry.partition(":")[2] for entry in skipped}
    for reason in (BROKEN, LATE_LETTER):
        if reason in reasons:
            return reason
    return "no_contact" if reasons & {"no_contact", "stranger"} or not reasons else "not_configured"
