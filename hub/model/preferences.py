"""A person's own wishes about messages, and the marks of staff: this person is not contacted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct, convert

from hub.model.catalogue import Purpose
from hub.model.json import Instant

NOT_WANTED: Final = "not_wanted"
"""Reason for not sending: the person has switched the purpose off, or the channel for it."""
QUIET_HOURS: Final = "quiet_hours"
"""Reason for waiting: the person is not disturbed now."""

DIGEST: Final = "digest"
"""Reason for waiting: the person wants messages that are not urgent in one digest."""
IN_DIGEST: Final = "in_digest"
"""Reason why a message does not leave by itself: the person's digest has it."""

DO_NOT_CONTACT: Final = "do_not_contact"
"""Reason for not sending: staff has marked the person."""

WallTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["21:00"])]
"""A time of the day in Colombia."""


class QuietHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `since` to before `until`, every day, in Colombia; over midnight where `until` is earlier."""

    since: WallTime
    until: WallTime


class DigestPeriod(StrEnum):
    """The frequency of a person's digest of messages that are not urgent."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Preferences(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    A person's own wishes; what is not set is as the company does it.

    `channels` has the channels of a purpose, the preferred one first; with none of them the purpose is off.
    `language` and `large_print` win over what the directory says. With `digest` the service messages that
    lose nothing by it (`Audience.digestible`) come together in one.
    """

    channels: Mapping[Purpose, tuple[str, ...]] = {}
    quiet_hours: QuietHours | None = None
    language: str | None = None
    large_print: bool | None = None
    digest: DigestPeriod | None = None


class PreferenceChange(Struct, frozen=True, kw_only=True):
    """A change: when, who, by which way, and all wishes from then on."""

    version: int
    at: Instant
    by: str
    way: str
    wishes: Preferences


class PreferenceEntry(PreferenceChange, frozen=True, kw_only=True):
    """
    A change of preferences: a row that never changes. The wishes of the greatest `version` are in force.

    `by` is who made the change, `way` by which way: `cli`, `api`, `page`.
    """

    person: str


class PreferencesWhole(Struct, kw_only=True):
    """The preferences in force, what cannot be switched off and why, and the newest changes."""

    person: str
    preferences: Preferences
    always: dict[str, str]
    history: list[PreferenceChange]


def change_of(entry: PreferenceEntry) -> PreferenceChange:
    return convert(entry, PreferenceChange, from_attributes=True)


class MarkReason(StrEnum):
    """Why staff has marked a person as not to be contacted."""

    DECEASED = "deceased"
    """Nothing at all goes to this person any more."""
    PROTECTED_ADDRESS = "protected_address"
    CONTESTED_ACCOUNT = "contested_account"


class Mark(Struct, frozen=True, kw_only=True):
    """Do not contact: in force from `since` to `until`, if that is set, unless staff ends it before."""

    reason: MarkReason
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class MarkEntry(Mark, frozen=True, kw_only=True):
    """
    A mark as stored, with the accounts that set and ended it.

    `note` is a text of staff for colleagues.
    """

    id: UUID
    person: str
    by: str
    note: str = ""
    ended_at: datetime | None = None
    ended_by: str | None = None


class RefusedEvents(Struct, frozen=True, kw_only=True):
    """How many events of one type and source a mark has stopped, the newest of them at `last_at`."""

    source: str
    event: str
    events: int
    last_at: Instant
