"""Preferences and marks of a person as rows, with the bodies that change them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, convert
from msgspec.structs import replace

from hub.model import (
    DigestPeriod,
    Instant,
    MarkEntry,
    MarkReason,
    Preferences,
    Purpose,
    QuietHours,
    RefusedEvents,
    Word,
)

_Channels = Annotated[list[Annotated[str, Meta(max_length=20)]], Meta(max_length=10)]


class PreferencesBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields to change; a field that is left out stays, and null means: as the company does it."""

    channels: (
        Annotated[
            dict[Purpose, _Channels | None],
            Meta(description="The channels of a purpose, the preferred one first; [] switches it off."),
        ]
        | UnsetType
    ) = UNSET
    quiet_hours: QuietHours | UnsetType | None = UNSET
    language: Annotated[str, Meta(max_length=10)] | UnsetType | None = UNSET
    large_print: bool | UnsetType | None = UNSET
    digest: (
        Annotated[
            DigestPeriod,
            Meta(description="What is not urgent in one message, daily or weekly; null: each by itself."),
        ]
        | UnsetType
        | None
    ) = UNSET

    def applied(self, before: Preferences) -> Preferences:
        """Return the preferences after this change."""
        given: dict[str, Any] = {
            name: value
            for name in ("quiet_hours", "language", "large_print", "digest")
            if (value := getattr(self, name)) is not UNSET
        }
        if not isinstance(self.channels, UnsetType):
            merged = {**before.channels, **self.channels}
            given["channels"] = {
                purpose: tuple(names) for purpose, names in merged.items() if names is not None
            }
        return replace(before, **given)


_Hour = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class PreferencesForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form states all preferences again; an empty field means: as the company does it."""

    language: Literal["es", "en"] | None = None
    large_print: bool | None = None
    digest: DigestPeriod | None = None
    quiet_since: _Hour | None = None
    quiet_until: _Hour | None = None


class MarkBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: MarkReason
    until: Annotated[Instant, Meta(description="When it ends; null: until staff ends it.")] | None = None
    note: Annotated[str, Meta(max_length=500, description="Why, for colleagues.")] = ""
    by: Annotated[Word, Meta(description="Who marks, as a system names them; else the caller.")] = ""


class MarkForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: MarkReason
    until: Annotated[date | None, Meta(description="The last day.")] = None
    note: Annotated[str, Meta(max_length=500)] = ""


class MarkEnd(Struct, kw_only=True):
    ended: int


class MarkRow(Struct, kw_only=True):
    """A mark of a person; ended marks are listed too."""

    id: UUID
    reason: MarkReason
    since: Instant
    until: Instant | None
    by: str
    note: Annotated[str, Meta(description="Why, for colleagues: empty for who lacks `privacy` there.")]
    ended_at: Instant | None
    ended_by: str | None

    @classmethod
    def of(cls, entry: MarkEntry) -> MarkRow:
        return convert(entry, cls, from_attributes=True)


class PersonMarks(Struct, kw_only=True):
    """The marks of a person, newest first, and whose events they have stopped."""

    items: list[MarkRow]
    stopped: list[RefusedEvents]
    next: str | None
