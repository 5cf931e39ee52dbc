"""
Facts that reach the hub by no event: marks of staff, wishes of people, the excluded numbers.

All of it may be told again: an outage of the database repeats an act.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from msgspec.structs import replace

from hub.contact_rules.consents import CHANNELS
from hub.desk.exclusions.acts import read_exclusions
from hub.desk.rights.erasing import erase
from hub.errors import KeptByDuty
from hub.model import DigestPeriod, MarkEntry, MarkReason, Preferences, Purpose
from hub.model import QuietHours as WishedHours
from hub.model.exclusions import ExcludedAddress
from hub.model.ids import uuid8
from hub.operations.preferences import Change, change_preferences
from hub.ports import ExclusionRegistry
from hub.storage import PostgresErasures, PostgresPreferences
from tests.actors import actor
from tests.lawful.facts import Digest, DoNotContact, Erased, Excluded, QuietHours, SwitchedOff
from tests.lawful.town import BOGOTA, Fact

STAFF: Final = "cli:staff"
LEGAL_KEPT: Final = timedelta(days=3650)


class Register(ExclusionRegistry, Protocol):
    """The register of excluded numbers, which is looked up and loaded anew."""

    async def replace(self, entries: Iterable[ExcludedAddress], *, list_date: date) -> int:
        """Load a list instead of the one before."""


class Telling:
    """Tells one hub."""

    def __init__(
        self, preferences: PostgresPreferences, register: Register, erasures: PostgresErasures
    ) -> None:
        self._preferences = preferences
        self._register = register
        self._erasures = erasures
        self._excluded: set[str] = set()
        self.kept: set[str] = set()
        """The people whose data a duty keeps."""
        self._loaded_on: date | None = None

    async def tell(self, fact: Fact, now: datetime) -> None:
        """Tell one fact, unless an event states it."""
        match fact:
            case DoNotContact():
                reason = MarkReason.CONTESTED_ACCOUNT
                mark_id = uuid8(now, "mark", fact.person)
                entry = MarkEntry(
                    id=mark_id, person=fact.person, reason=reason, since=now, until=fact.until, by=STAFF
                )
                await self._preferences.mark(entry)
            case SwitchedOff():
                await self._wish(fact.person, lambda before: _without(before, fact), now)
            case QuietHours():
                hours = WishedHours(since=f"{fact.begins:%H:%M}", until=f"{fact.ends:%H:%M}")
                await self._wish(fact.person, lambda before: replace(before, quiet_hours=hours), now)
            case Digest():
                await self._wish(fact.person, lambda before: replace(before, digest=DigestPeriod.DAILY), now)
            case Erased():
                await self._erase(fact.person, now)
            case Excluded():
                self._excluded.add(fact.address)
                await self._load(now)

    async def _erase(self, person: str, now: datetime) -> None:
        """Erase, unless a duty keeps the data: somebody who has asked something waits for an answer."""
        by, since = actor(STAFF, now=now), now - LEGAL_KEPT
        try:
            await erase(by, self._erasures, person, reason="PD-1", legal_since=since)
        except KeptByDuty:
            self.kept.add(person)

    async def each_day(self, now: datetime) -> None:
        """Load the register of today: the hub trusts no list of last week."""
        if self._loaded_on != _day(now):
            await self._load(now)

    async def _load(self, now: datetime) -> None:
        lines = "\n".join(["dato", *sorted(self._excluded)])
        found = read_exclusions(lines.encode())
        assert not found.bad_lines
        await self._register.replace(found.entries, list_date=_day(now))
        self._loaded_on = _day(now)

    async def _wish(self, person: str, change: Change, now: datetime) -> None:
        await change_preferences(actor(person, now=now), self._preferences, person, change, way="page")


def _without(before: Preferences, off: SwitchedOff) -> Preferences:
    purpose = Purpose(off.purpose)
    left = tuple(channel for channel in before.channels.get(purpose, CHANNELS) if channel != off.channel)
    return replace(before, channels={**before.channels, purpose: left})


def _day(now: datetime) -> date:
    return now.astimezone(BOGOTA).date()
