"""
Overview of a person for an operator who wants to write: the contacts and their faults, a forecast for each
channel, the roles over time, the ledger of consents, cases and replies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct, structs

from hub.contact_rules.consents import is_provable
from hub.contact_rules.forecast import forecast
from hub.contact_rules.verdict import HeldUntil, Refused
from hub.desk.people.history import (
    CaseLine,
    ChannelLately,
    DeadAddress,
    ReplyLine,
    RoleOverTime,
    case_line,
)
from hub.desk.people.queries import PeopleList
from hub.model import (
    NOWHERE,
    ContactPoint,
    Instant,
    Person,
    PropertyScope,
    Purpose,
)
from hub.people import headcount
from hub.people.masking import mask_address
from hub.phones import can_text
from hub.policy import Policy
from hub.rendering.outcomes_es import reason_in_words
from hub.storage.database import read

MOST: Final = 10
"""Cases and replies."""
PURPOSES: Final = tuple(purpose for purpose in Purpose if purpose is not Purpose.INTERNAL)
CHANNELS: Final[Mapping[str, str | None]] = {**headcount.CHANNELS, "print": None}
"""Channel → the kind of contact point that it needs; a letter needs none."""
_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    kind: tuple(channel for channel, needs in CHANNELS.items() if needs == kind)
    for kind in ("email", "phone", "push")
}
_TEXTS: Final = frozenset({"sms", "whatsapp"})
_NO_CONTACT: Final = "no_contact"
_NOT_MOBILE: Final = "not_mobile"


class ContactState(StrEnum):
    WORKS = "works"
    UNVERIFIED = "unverified"
    """Nobody has confirmed that it is theirs; it is written to all the same."""
    SUPPRESSED = "suppressed"
    """Nothing is sent there."""


class SuppressionOfContact(Struct, kw_only=True):
    """The reason why nothing is sent there by a channel, and its end."""

    id: UUID
    channel: str
    reason: str
    means: str
    code: str
    since: Instant
    ends_at: Instant | None


class ContactOfPerson(Struct, kw_only=True):
    """A contact point, masked unless it was asked for whole, and whether it serves."""

    id: str
    kind: str
    value: str
    verified: bool
    state: ContactState
    suppressions: list[SuppressionOfContact]


class ForecastState(StrEnum):
    YES = "yes"
    LATER = "later"
    NO = "no"


class ChannelForecast(Struct, kw_only=True):
    """Whether a message would leave by this channel now, and why not."""

    channel: str
    state: ForecastState
    reason: str | None = None
    means: str = ""
    at: Instant | None = None


class PurposeForecast(Struct, kw_only=True):
    purpose: Purpose
    channels: list[ChannelForecast]


class ConsentEntry(Struct, kw_only=True):
    """A decision of the person about a purpose, and its proof."""

    purpose: str
    granted: bool
    at: Instant
    channels: list[str]
    method: str | None
    text_version: str | None
    evidence_hash: str | None
    provable: Annotated[bool, Meta(description="False: nobody can prove it, so it authorises nothing.")]


class PersonOverview(Struct, kw_only=True):
    """A forecast is no promise: each message is judged again when it leaves."""

    person: str
    contacts: list[ContactOfPerson]
    forecast: list[PurposeForecast]
    roles: list[RoleOverTime]
    ledger: list[ConsentEntry]
    cases: Annotated[list[CaseLine], Meta(description="The last ones.")]
    lately: Annotated[list[ChannelLately], Meta(description="The last message of each channel.")]
    replies: Annotated[list[ReplyLine], Meta(description="The last ones, without their text.")]


async def read_overview(
    people: PeopleList,
    policy: Policy,
    person: str,
    *,
    now: datetime,
    places: PropertyScope = None,
    words: PropertyScope = NOWHERE,
    whole: bool = False,
) -> PersonOverview | None:
    """
    Return the overview; None if the directory has nobody of that reference.

    `words` are the places where the reader sees what people have written.
    """
    known = await people.by_purpose(person, PURPOSES)
    if not known:
        return None
    points = known[Purpose.SERVICE].contact_points
    dead = await people.suppressed({point.value for point in points}, policy, now)
    judged = partial(_channel, dead=dead, policy=policy, now=now)
    return PersonOverview(
        person=person,
        contacts=[_contact(point, dead, policy, whole) for point in points],
        forecast=[
            PurposeForecast(
                purpose=purpose, channels=[judged(purpose, channel, known[purpose]) for channel in CHANNELS]
            )
            for purpose in PURPOSES
        ],
        roles=list(await people.terms(person, places)),
        ledger=[
            read(ConsentEntry, asdict(said), provable=is_provable(said))
            for said in reversed(await people.ledger(person))
        ],
        cases=[case_line(case, words) for case in await people.cases(person, limit=MOST, places=places)],
        lately=list(await people.lately(person, places=places)),
        replies=list(await people.replies(person, limit=MOST, places=places)),
    )


def _channel(
    purpose: Purpose,
    channel: str,
    person: Person,
    *,
    dead: Sequence[DeadAddress],
    policy: Policy,
    now: datetime,
) -> ChannelForecast:
    addresses = _addresses(person, channel)
    given = forecast(purpose, channel, addresses, person, at=now, policy=policy)
    if isinstance(given, Refused):
        return _no(channel, given.reason)
    if (missing := _unusable(channel, addresses, person, dead)) is not None:
        return _no(channel, missing)
    if isinstance(given, HeldUntil):
        means = reason_in_words(given.reason) or given.reason
        return ChannelForecast(
            channel=channel, state=ForecastState.LATER, reason=given.reason, means=means, at=given.at
        )
    return ChannelForecast(channel=channel, state=ForecastState.YES)


def _addresses(person: Person, channel: str) -> Collection[str]:
    return [point.value for point in person.contact_points if point.kind == CHANNELS[channel]]


def _unusable(
    channel: str, addresses: Collection[str], person: Person, dead: Sequence[DeadAddress]
) -> str | None:
    """Return why no address serves for this channel; None if one does, or none is needed."""
    if CHANNELS[channel] is None:
        return None
    if not addresses or not person.digital_access:
        return _NO_CONTACT
    mine = [address for address in addresses if channel not in _TEXTS or can_text(address)]
    if not mine:
        return _NOT_MOBILE
    why = {found.address: found.reason for found in dead if found.channel == channel}
    return next(iter(why.values())) if all(address in why for address in mine) else None


def _no(channel: str, reason: str) -> ChannelForecast:
    means = reason_in_words(reason) or reason
    return ChannelForecast(channel=channel, state=ForecastState.NO, reason=reason, means=means)


def _contact(
    point: ContactPoint, dead: Sequence[DeadAddress], policy: Policy, whole: bool
) -> ContactOfPerson:
    mine = [found for found in dead if found.address == point.value and found.channel in _OF_KIND[point.kind]]
    state = ContactState.WORKS if point.verified else ContactState.UNVERIFIED
    return ContactOfPerson(
        id=point.id,
        kind=point.kind,
        value=point.value if whole else mask_address(point.value),
        verified=point.verified,
        state=ContactState.SUPPRESSED if mine else state,
        suppressions=[_suppression(found, policy) for found in mine],
    )


def _suppression(dead: DeadAddress, policy: Policy) -> SuppressionOfContact:
    means, ends_at = reason_in_words(dead.reason), dead.ends_at(policy.suppression_for(dead.channel))
    return read(SuppressionOfContact, structs.asdict(dead), means=means or dead.reason, ends_at=ends_at)
