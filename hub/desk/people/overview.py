"""
Overview of a person for an operator who wants to write: the contacts and their faults, a forecast for each
channel, the roles over time, the ledger of consents, cases and replies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct, convert

from hub.contact_rules.consents import is_provable
from hub.contact_rules.forecast import forecast
from hub.contact_rules.verdict import HeldUntil, Refused
from hub.desk.people.found import DeadAddress
from hub.desk.people.history import CaseLine, ChannelLately, ReplyLine, case_line
from hub.desk.people.queries import PeopleList
from hub.model import (
    NOWHERE,
    Consent,
    ContactPoint,
    Instant,
    Person,
    PropertyScope,
    Purpose,
)
from hub.people.masking import mask_address
from hub.phones import can_text
from hub.policy import Policy
from hub.rendering.outcomes_es import reason_in_words

MOST: Final = 10
"""Cases and replies."""
PURPOSES: Final = tuple(purpose for purpose in Purpose if purpose is not Purpose.INTERNAL)
CHANNELS: Final[Mapping[str, str | None]] = {
    "email": "email",
    "sms": "phone",
    "whatsapp": "phone",
    "push": "push",
    "inbox": None,
    "print": None,
}
"""Channel → the kind of contact point that it needs; a letter and the own inbox need none."""
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


class RoleOverTime(Struct, kw_only=True):
    id: str
    role: str
    scope: str
    copropiedad_id: str | None
    copropiedad: str | None
    unit: str | None
    since: Instant
    ended_at: Instant | None


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


@dataclass(frozen=True, kw_only=True)
class PersonOverviews:
    store: PeopleList
    policy: Policy

    async def read(
        self,
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
        known = await self.store.by_purpose(person, PURPOSES)
        if not known:
            return None
        somebody = known[Purpose.SERVICE]
        dead = await self._in_force(somebody, now)
        return PersonOverview(
            person=person,
            contacts=[_contact(point, dead, self.policy, whole) for point in somebody.contact_points],
            forecast=[self._of(purpose, known[purpose], dead, now) for purpose in PURPOSES],
            roles=convert(await self.store.terms(person, places), list[RoleOverTime], from_attributes=True),
            ledger=[_ledger(said) for said in reversed(await self.store.ledger(person))],
            cases=[
                case_line(case, words) for case in await self.store.cases(person, limit=MOST, places=places)
            ],
            lately=convert(
                await self.store.lately(person, places=places), list[ChannelLately], from_attributes=True
            ),
            replies=convert(
                await self.store.replies(person, limit=MOST, places=places),
                list[ReplyLine],
                from_attributes=True,
            ),
        )

    async def _in_force(self, person: Person, now: datetime) -> Sequence[DeadAddress]:
        found = await self.store.dead({point.value for point in person.contact_points})
        return [dead for dead in found if dead.holds(self.policy.suppression_for(dead.channel), now)]

    def _of(
        self, purpose: Purpose, person: Person, dead: Sequence[DeadAddress], now: datetime
    ) -> PurposeForecast:
        judged = [self._channel(purpose, channel, person, dead, now) for channel in CHANNELS]
        return PurposeForecast(purpose=purpose, channels=judged)

    def _channel(
        self, purpose: Purpose, channel: str, person: Person, dead: Sequence[DeadAddress], now: datetime
    ) -> ChannelForecast:
        addresses = _addresses(person, channel)
        given = forecast(purpose, channel, addresses, person, at=now, policy=self.policy)
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
    return SuppressionOfContact(
        id=dead.id,
        channel=dead.channel,
        reason=dead.reason,
        means=reason_in_words(dead.reason) or dead.reason,
        code=dead.code,
        since=dead.since,
        ends_at=dead.ends_at(policy.suppression_for(dead.channel)),
    )


def _ledger(said: Consent) -> ConsentEntry:
    return ConsentEntry(
        purpose=said.purpose,
        granted=said.granted,
        at=said.at,
        channels=list(said.channels),
        method=said.method,
        text_version=said.text_version,
        evidence_hash=said.evidence_hash,
        provable=is_provable(said),
    )
