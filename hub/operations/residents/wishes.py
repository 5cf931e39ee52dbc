"""Form of the preferences on the own page, as shown and as filled in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from msgspec.structs import replace

from hub.contact_rules.preferences import refusals
from hub.contact_rules.purposes import PURPOSES
from hub.model import DigestPeriod, Preferences, Purpose, QuietHours
from hub.model.preferences import PreferencesWhole
from hub.rendering.labels_es import CHANNELS
from hub.rendering.wishes_es import KINDS, wishes

ORDER: Final = (
    *(Purpose.SERVICE, Purpose.TRANSACTIONAL, Purpose.SURVEY, Purpose.COLLECTION, Purpose.COMMERCIAL),
)
"""The purposes of which a person may choose the channels, as the page has them."""
OFFERED: Final = ("email", "sms", "whatsapp", "voice", "push")
"""The channels that disturb somebody."""
LATEST: Final = 5
"""Changes that the page shows."""
_TIME: Final = re.compile(r"\s*(\d{1,2}):(\d{2})(?::00)?\s*")
_QUIET: Final = "quiet"
_LANGUAGE: Final = "language"
_YES_NO: Final = {"yes": True, "no": False}


class Choice(StrEnum):
    """The wish of a person for a purpose."""

    COMPANY = "company"
    """As the company does it."""
    CHOSEN = "chosen"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeDraft:
    """The fields of the form for one purpose."""

    choice: str
    ticked: Sequence[str] = ()
    first: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The fields of the form, as they were typed."""

    purposes: Mapping[Purpose, PurposeDraft]
    since: str = ""
    until: str = ""
    language: str = ""
    large_print: str = ""
    digest: str = ""


def shown(
    whole: PreferencesWhole, draft: Draft | None = None, errors: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    """Return what the form needs: the wishes in force, or the typed ones that are wrong, and its words."""
    return {
        "draft": draft or draft_of(whole.preferences),
        "errors": errors or {},
        "order": ORDER,
        "kinds": KINDS,
        "rules": PURPOSES,
        "offered": {channel: CHANNELS[channel] for channel in OFFERED},
        "always": [(KINDS[purpose], whole.always[purpose]) for purpose in (Purpose.EMERGENCY, Purpose.LEGAL)],
        "changes": [(change.at, list(wishes(change.wishes))) for change in whole.history[:LATEST]],
    }


def draft_of(preferences: Preferences) -> Draft:
    """Return the form of the wishes in force."""
    quiet, large = preferences.quiet_hours, preferences.large_print
    return Draft(
        purposes={purpose: _purpose_of(preferences.channels.get(purpose)) for purpose in ORDER},
        since=quiet.since if quiet else "",
        until=quiet.until if quiet else "",
        language=preferences.language or "",
        digest=preferences.digest or "",
        large_print=next((name for name, value in _YES_NO.items() if value is large), ""),
    )


def _purpose_of(channels: Sequence[str] | None) -> PurposeDraft:
    if channels is None:
        return PurposeDraft(choice=Choice.COMPANY)
    offered = [channel for channel in channels if channel in OFFERED]
    return PurposeDraft(
        choice=Choice.CHOSEN if channels else Choice.NONE, ticked=channels, first=next(iter(offered), "")
    )


def read_form(given: Mapping[str, str]) -> Draft:
    """Read a sent form; a field that is missing is empty."""
    return Draft(
        purposes={purpose: _read_purpose(purpose, given) for purpose in ORDER},
        since=given.get("quiet_since", "").strip(),
        until=given.get("quiet_until", "").strip(),
        language=given.get("language", ""),
        digest=given.get("digest", ""),
        large_print=given.get("large_print", ""),
    )


def _read_purpose(purpose: Purpose, given: Mapping[str, str]) -> PurposeDraft:
    first = given.get(f"{purpose}.first", "")
    ticked = [name for name in OFFERED if f"{purpose}.{name}" in given or name == first]
    return PurposeDraft(choice=given.get(purpose, ""), ticked=ticked, first=first if first in OFFERED else "")


def problems(draft: Draft) -> Mapping[str, str]:
    """Return the problems, field → text."""
    found = {purpose.value: _purpose_problem(purpose, draft.purposes[purpose]) for purpose in ORDER}
    found[_QUIET] = _quiet_problem(draft)
    found[_LANGUAGE] = next(refusals(Preferences(language=draft.language or None)), "")
    return {field: text for field, text in found.items() if text}


def _purpose_problem(purpose: Purpose, draft: PurposeDraft) -> str:
    if draft.choice not in set(Choice):
        return "Elija una opción."
    if draft.choice == Choice.CHOSEN and not draft.ticked:
        return "Marque al menos un medio."
    channels = _channels(draft, ())
    return "" if channels is None else next(refusals(Preferences(channels={purpose: channels})), "")


def _quiet_problem(draft: Draft) -> str:
    if not draft.since and not draft.until:
        return ""
    if not draft.since or not draft.until:
        return "Escriba las dos horas, o ninguna."
    quiet = _quiet(draft)
    if quiet is None:
        return "Escriba la hora así: 21:00."
    return next(refusals(Preferences(quiet_hours=quiet)), "")


def wishes_of(draft: Draft, before: Preferences) -> Preferences:
    """Return the wishes after this form, which has no problem; wishes that it does not show stay."""
    channels: dict[Purpose, tuple[str, ...]] = {
        purpose: chosen for purpose, chosen in before.channels.items() if purpose not in ORDER
    }
    for purpose in ORDER:
        chosen = _channels(draft.purposes[purpose], before.channels.get(purpose, ()))
        if chosen is not None:
            channels[purpose] = chosen
    return replace(
        before,
        channels=channels,
        quiet_hours=_quiet(draft),
        language=draft.language or None,
        digest=DigestPeriod(draft.digest) if draft.digest in set(DigestPeriod) else None,
        large_print=_YES_NO.get(draft.large_print),
    )


def _channels(draft: PurposeDraft, before: Sequence[str]) -> tuple[str, ...] | None:
    """Return the channels, the preferred one first; others that the page does not offer stay at the end."""
    if draft.choice != Choice.CHOSEN:
        return () if draft.choice == Choice.NONE else None
    return tuple(dict.fromkeys(_ordered(draft, before)))


def _ordered(draft: PurposeDraft, before: Sequence[str]) -> Iterator[str]:
    if draft.first:
        yield draft.first
    yield from (channel for channel in before if channel in draft.ticked)
    yield from (channel for channel in OFFERED if channel in draft.ticked)
    yield from (channel for channel in before if channel not in OFFERED)


def _quiet(draft: Draft) -> QuietHours | None:
    since, until = _wall_time(draft.since), _wall_time(draft.until)
    return None if since is None or until is None else QuietHours(since=since, until=until)


def _wall_time(typed: str) -> str | None:
    found = _TIME.fullmatch(typed)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
