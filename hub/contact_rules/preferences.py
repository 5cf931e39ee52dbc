"""
Preferences of a person and marks of staff, and their effect on a message. Pure.

Emergencies and legal notices know no wishes. A mark stops whatever no law demands; a person who is marked as
deceased gets nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final

from hub.business_time import as_utc
from hub.business_time.dates import ZONE
from hub.contact_rules.consents import CHANNELS
from hub.contact_rules.contact_hours import is_interruptive
from hub.contact_rules.purposes import PURPOSES
from hub.model import Mark, MarkReason, Preferences, Purpose, QuietHours

CHOOSABLE: Final = frozenset(Purpose) - {Purpose.EMERGENCY, Purpose.LEGAL, Purpose.INTERNAL}
"""Purposes of which a person may choose the channels."""
LANGUAGES: Final = ("es", "en")

_LONGEST: Final = timedelta(hours=16)
"""Longer quiet hours would leave no hour of the day to write in."""


def refusals(preferences: Preferences) -> Iterator[str]:
    """Yield the reasons against these preferences, for the person: in Spanish, with the law."""
    for purpose, channels in preferences.channels.items():
        rules = PURPOSES[purpose]
        if purpose not in CHOOSABLE or not (channels or rules.may_switch_off):
            yield rules.why_es
        if unknown := [name for name in channels if name not in CHANNELS]:
            yield f"No hay un canal «{unknown[0]}»: hay {', '.join(CHANNELS)}."
        if len(set(channels)) < len(channels):
            yield "Cada canal se nombra una sola vez."
    if preferences.language is not None and preferences.language not in LANGUAGES:
        yield f"No hay textos en ese idioma: hay {', '.join(LANGUAGES)}."
    if (
        preferences.quiet_hours is not None
        and not timedelta(0) < _length(preferences.quiet_hours) <= _LONGEST
    ):
        yield "Las horas de silencio duran entre un minuto y dieciséis horas."


def wanted(purpose: Purpose, preferences: Preferences | None) -> tuple[str, ...] | None:
    """Return the channels that the person wants for a purpose, in order; None if all are right."""
    return None if preferences is None or purpose not in CHOOSABLE else preferences.channels.get(purpose)


def is_wanted(purpose: Purpose, channel: str, preferences: Preferences | None) -> bool:
    """
    Return whether the wishes allow a message of this purpose on this channel, at the instant of sending.

    A purpose that may not be switched off uses the channel that planning chose. Silent channels disturb
    nobody: only a purpose that is switched off does not use them.
    """
    channels = wanted(purpose, preferences)
    if channels is None or not PURPOSES[purpose].may_switch_off:
        return True
    return bool(channels) and (channel in channels or not is_interruptive(channel))


def barred(purpose: Purpose, mark: Mark | None, at: datetime) -> bool:
    """Return whether a mark of staff stops a message of this purpose."""
    return mark is not None and mark.holds(at) and purpose in barred_by(mark.reason)


def barred_by(reason: MarkReason) -> frozenset[Purpose]:
    """Return the purposes that a mark with this reason stops."""
    everything = reason is MarkReason.DECEASED
    return frozenset(
        purpose for purpose, rules in PURPOSES.items() if everything or not rules.despite_do_not_contact
    )


def quiet_until(purpose: Purpose, channel: str, preferences: Preferences | None, at: datetime) -> datetime:
    """Return the first instant from `at` on outside the person's quiet hours, in UTC."""
    quiet = None if preferences is None else preferences.quiet_hours
    if quiet is None or not PURPOSES[purpose].quiet_hours or not is_interruptive(channel):
        return as_utc(at)
    local = at.astimezone(ZONE)
    since, until = time.fromisoformat(quiet.since), time.fromisoformat(quiet.until)
    now = local.time()
    is_quiet = since <= now < until if since <= until else not until <= now < since
    if not is_quiet:
        return as_utc(at)
    day = local.date() if now < until else local.date() + timedelta(days=1)
    return as_utc(datetime.combine(day, until, ZONE))


def _length(quiet: QuietHours) -> timedelta:
    first, last = (
        timedelta(hours=moment.hour, minutes=moment.minute)
        for moment in (time.fromisoformat(quiet.since), time.fromisoformat(quiet.until))
    )
    return (last - first) % timedelta(days=1)
