"""The channels and addresses that can reach a person, step by step. Pure."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hub.contact_rules import is_interruptive
from hub.contact_rules.consents import authorised
from hub.contact_rules.forecast import refusals
from hub.contact_rules.preferences import wanted
from hub.contact_rules.purposes import LIMITED, PURPOSES
from hub.model import (
    HUB_SOURCE,
    NOT_WANTED,
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
from hub.model.people import POSTAL
from hub.people.audience import preferred
from hub.phones import can_text
from hub.policy import Policy

LETTER: Final = "print"
"""The channel of letters."""

BROKEN: Final = "broken"
"""The reason to skip a channel in the event that reports it broken."""

PAPER: Final = frozenset({Print.LETTER, Print.BOTH})
"""The audiences that get letters."""

LATE_LETTER: Final = "late_letter"
"""The reason to send no letter about something that begins before anybody would read it."""

NONE: Final[Mapping[str, str]] = MappingProxyType({})
"""No channel is left out."""

Step = tuple[int, tuple[Target, ...]]
"""The number of a step in its audience, and its targets."""


def steps_for(
    audience: Audience,
    person: Person,
    channels: Mapping[str, ChannelTraits],
    skipped: list[str],
    *,
    avoid: Mapping[str, str] = NONE,
    closed: Mapping[str, str] = NONE,
) -> list[Step]:
    """
    Return the steps that reach the person, in order; append each skipped channel to `skipped`.

    `avoid` are channels not to use, each with its reason. `closed` are the channels that the rules refuse:
    they are in `skipped` already.
    """
    planned = ways(audience, person)
    if closed:
        planned = [tuple(name for name in step if name not in closed) for step in planned]
    if avoid:
        skipped += [f"{name}:{avoid[name]}" for step in planned for name in step if name in avoid]
        planned = [tuple(name for name in step if name not in avoid) for step in planned]
    steps = [_targets(step, person, channels, skipped) for step in planned]
    if audience.purpose is Purpose.EMERGENCY:
        # The last resort is not part of the audience: channels that it skips are not recorded.
        left = [name for name in last_resort(audience, channels) if name not in closed]
        steps.append(_targets(left, person, channels, []))
    if audience.purpose in LIMITED:
        # Each device, and each further channel of the step, would be a contact of its own.
        steps = [targets[:1] for targets in steps]
    usable = [(number, targets) for number, targets in enumerate(steps) if targets]
    return usable[:1] if audience.cascade is Cascade.FIRST else usable


def used_channel_only(audience: Audience, event: Event) -> Audience:
    """
    Limit a `channel_by` audience to the channel that the event names; keep all if it names none.

    An event may name several: they are used together, and a letter is one of them.
    """
    if audience.channel_by is None:
        return audience
    used = event.data.get(audience.channel_by)
    if isinstance(used, list):
        return _used_together(audience, used)
    steps = tuple(step for step in audience.channels if used in step)
    return replace(audience, channels=steps or audience.channels)


def _used_together(audience: Audience, used: Collection[str]) -> Audience:
    # The letter is no last resort here, but one of the ways by which the person was told; the poster is left.
    names = [*offered(audience), *([LETTER] if audience.print in PAPER else ())]
    board = Print.BOARD if audience.print is Print.BOTH else Print.NEVER
    together = tuple(name for name in names if name in used)
    return replace(audience, channels=(together,), print=board)


def authorised_channel(
    audience: Audience, person: Person, order: Sequence[str], closed: Container[str]
) -> Audience:
    """
    Limit an audience to the channels that the person has authorised, of which one is used.

    It is the one authorised for longest, so that a later consent does not change it. Among several that were
    authorised at once it is the first in the policy's `order`. Without any, there is no channel.
    """
    since = dict(authorised(person.statements))
    names = [name for name in order if name in since and name in offered(audience) and name not in closed]
    steps = tuple((name,) for name in sorted(names, key=lambda name: since[name]))
    return replace(audience, channels=steps, cascade=Cascade.FIRST)


def offered(audience: Audience) -> Sequence[str]:
    """Return the channels of an audience, those of all its steps, in order."""
    return tuple(dict.fromkeys(name for step in audience.channels for name in step))


def refused_channels(
    audience: Audience,
    person: Person,
    channels: Mapping[str, ChannelTraits],
    policy: Policy,
    *,
    at: datetime,
    rests: bool,
) -> Mapping[str, str]:
    """Return the channels that the rules refuse `at` an instant, each with the reason."""
    names = [*offered(audience), *([LETTER] if audience.print in PAPER else ())]
    if audience.purpose is Purpose.EMERGENCY:
        names += last_resort(audience, channels)
    addresses = {name: _addresses(channels.get(name), person) for name in names}
    return refusals(audience.purpose, addresses, person, at=at, policy=policy, rests=rests)


def wished_channels(
    audience: Audience, person: Person, event: Event, closed: Container[str] = ()
) -> tuple[Audience, list[str]]:
    """
    Limit an audience to the channels that the person wants for its purpose, one after another.

    Also return the channels that are skipped for that. Those that the rules refuse are `closed` already, also
    where the person wants none. The inbox stays beside the wanted channels, for it disturbs nobody. A purpose
    that may not be switched off keeps its own channels where none of them is wanted; so does an answer over
    the channel that the person has used.
    """
    names = wanted(audience.purpose, person.preferences)
    if names is None or (audience.channel_by is not None and event.data.get(audience.channel_by)):
        return audience, []
    own = [name for name in offered(audience) if name not in closed]
    chosen = [name for name in names if name in own]
    keeps_all = not PURPOSES[audience.purpose].may_switch_off
    if keeps_all and not any(is_interruptive(name) for name in chosen):
        return audience, []
    silent = [name for name in own if not is_interruptive(name) and name not in chosen]
    steps: list[tuple[str, ...]] = [(name,) for name in chosen]
    if silent:
        steps[:1] = [(*(steps[0] if steps else ()), *silent)]
    skipped = [f"{name}:{NOT_WANTED}" for name in own if name not in (*chosen, *silent)]
    return replace(audience, channels=tuple(steps)), skipped


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

    A carrier that blocks a text, or a dead number, must not keep the news of a fire from anybody. Paper is
    excluded: it comes too late.
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


def _addresses(channel: ChannelTraits | None, person: Person) -> Collection[str]:
    points = _points(channel, person)
    return () if isinstance(points, str) else [point.value for point in points]


def _points(channel: ChannelTraits | None, person: Person) -> Sequence[ContactPoint] | str:
    """Return the contact points to use, or the reason to skip the channel."""
    if channel is None:
        return "not_configured"
    if channel.contact is None:
        if not (person.known or channel.strangers):
            return "stranger"
        value = _postal(person) if channel.name == LETTER else person.ref
        return [ContactPoint(id=channel.name, kind=channel.name, value=value)]
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


def _postal(person: Person) -> str:
    return next((point.value for point in person.contact_points if point.kind == POSTAL), person.ref)


def broken_channels(event: Event) -> Mapping[str, str]:
    """Return the channels that an event of the hub's own reports as broken, and must not use."""
    return dict.fromkeys(event.data.get("avoid", ()), BROKEN) if event.source == HUB_SOURCE else {}


def why_unreachable(skipped: Sequence[str]) -> str:
    """Return the reason that helps an operator most."""
    reasons = {entry.partition(":")[2] for entry in skipped}
    for reason in (BROKEN, LATE_LETTER):
        if reason in reasons:
            return reason
    if reasons & {"no_contact", "stranger"} or not reasons:
        return "no_contact"
    return "not_configured" if "not_configured" in reasons else min(reasons)
