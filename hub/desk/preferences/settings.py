"""Settings of the command line: `service=email,sms`, `quiet=21:00-07:00`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from hub.contact_rules.preferences import CHOOSABLE
from hub.errors import InvalidPreference
from hub.model import DigestPeriod, Preferences, Purpose, QuietHours

_NONE: Final = "none"
_PURPOSES: Final = frozenset(purpose.value for purpose in Purpose)


def with_setting(preferences: Preferences, setting: str) -> Preferences:
    """
    Apply one setting of the command line: `service=email,sms`, `quiet=21:00-07:00`.

    An empty value means: as the company does it; `none` switches a purpose off. Raises InvalidPreference.
    """
    name, equals, value = setting.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or (read := _SETTINGS.get(name, _channels if name in _PURPOSES else None)) is None:
        raise InvalidPreference(f"{setting!r}: expected NAME=VALUE; names: {', '.join(NAMES)}")
    return read(preferences, name, value)


def _channels(preferences: Preferences, name: str, value: str) -> Preferences:
    channels = {purpose: chosen for purpose, chosen in preferences.channels.items() if purpose != name}
    if value:
        chosen = () if value == _NONE else tuple(part.strip() for part in value.split(","))
        channels[Purpose(name)] = chosen
    return replace(preferences, channels=channels)


def _quiet(preferences: Preferences, _: str, value: str) -> Preferences:
    if not value or value == _NONE:
        return replace(preferences, quiet_hours=None)
    since, _, until = value.partition("-")
    try:
        hours = QuietHours(since=_wall_time(since), until=_wall_time(until))
    except ValueError:
        raise InvalidPreference(f"quiet={value}: expected hours like 21:00-07:00") from None
    return replace(preferences, quiet_hours=hours)


def _wall_time(text: str) -> str:
    return datetime.strptime(text.strip(), "%H:%M").strftime("%H:%M")  # noqa: DTZ007 - no date


def _large_print(preferences: Preferences, _: str, value: str) -> Preferences:
    if value not in _YES_NO:
        raise InvalidPreference(f"large-print={value}: expected yes, no or nothing")
    return replace(preferences, large_print=_YES_NO[value])


def _digest(preferences: Preferences, _: str, value: str) -> Preferences:
    if value in ("", _NONE):
        return replace(preferences, digest=None)
    if value not in _RHYTHMS:
        raise InvalidPreference(f"digest={value}: expected {', '.join(_RHYTHMS)} or {_NONE}")
    return replace(preferences, digest=DigestPeriod(value))


_RHYTHMS: Final = tuple(every.value for every in DigestPeriod)
_YES_NO: Final = {"yes": True, "no": False, "": None}
_SETTINGS: Final = {
    "quiet": _quiet,
    "language": lambda preferences, _, value: replace(preferences, language=value or None),
    "large-print": _large_print,
    "digest": _digest,
}
NAMES: Final = (*sorted(CHOOSABLE), *_SETTINGS)
"""The settings of the command line."""
