"""The schemas of preferences and of marks: do not contact."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from hub.model import DigestPeriod, Instant, MarkReason, Preferences, Purpose, QuietHours
from hub.model.json import Word

_Channels = Annotated[list[Annotated[str, Meta(max_length=20)]], Meta(max_length=10)]


class PreferencesBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes; what is left out stays, and null means: as the company does it."""

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


class MarkBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: MarkReason
    until: Annotated[Instant, Meta(description="When it ends; null: until staff ends it.")] | None = None
    note: Annotated[str, Meta(max_length=500, description="Why, for colleagues.")] = ""
    by: Annotated[Word, Meta(description="Who marks, as a system names them; else the caller.")] = ""


class MarkEnd(Struct, kw_only=True):
    ended: int
