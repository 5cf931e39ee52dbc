"""Matters in words: subject, person, unit, building, last word, time that is left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from hub.business_time.dates import as_day
from hub.desk.matters.rows import FoundMatter, LastWord, MatterRow, Term
from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Clock, PropertyScope
from hub.model.casework import CaseKind
from hub.model.named import Resident
from hub.people.masking import mask_name
from hub.people.units import own_name, short_name
from hub.rendering import near_dates
from hub.rendering.filters import nombre
from hub.rendering.matters_es import kind_of, short, subject_of
from hub.rendering.titles_es import CLOCKS
from hub.sla.events import PARTIES

Residents = Mapping[tuple[str, str], Resident]
_PARTIES: Final = (*PARTIES, "person")
_NAMELESS: Final = "Remitente"
"""The name that the hub gives a writer of whom it knows an address only."""
_LATE: Final = "breached"
_URGENT: Final = "emergency_"
"""How the names of promises in an emergency begin."""


def named_in(found: Iterable[FoundMatter]) -> Iterable[tuple[str, str]]:
    """Yield (reference, building) of the people of these matters whom the directory may know."""
    for matter in found:
        if ref := _ref(matter):
            yield ref, matter.copropiedad_id or ""


def shown(matter: FoundMatter, residents: Residents, now: datetime, *, may_see: PropertyScope) -> MatterRow:
    """Put a matter into words; in a place where the caller does not work nobody is named or quoted."""
    sees = may_see is None or matter.copropiedad_id in may_see
    ref = _ref(matter)
    known = residents.get((ref or "", matter.copropiedad_id or ""))
    unit = _unit(matter.tower, matter.label) or (_unit(known.tower, known.label) if known else "")
    name = nombre(known.name if known else _stranger(matter))
    kind = (matter.opened_type or "").removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX)
    about = subject_of(
        matter.case, matter.opened_type, matter.opened_data, unit=unit, clock=matter.name or ""
    )
    return MatterRow(
        id=matter.id,
        case=matter.case,
        subject=about if sees else kind_of(kind, matter.name or ""),
        person=name if sees else mask_name(name),
        person_ref=ref if known else None,
        unit=unit,
        building=own_name(matter.copropiedad or ""),
        kind=matter.case.partition(":")[0],
        last=_last(matter) if sees else None,
        promise=CLOCKS.get(matter.name or "", ""),
        due_at=matter.due_at,
        left=_left(matter, now),
        tone=tone_of(matter.state, matter.due_at, now),
        share=share_of(matter.started_at, matter.due_at, now),
        holder=matter.assignee or _taken_by(matter),
        waits=bool(matter.waits),
        danger=_is_danger(matter),
        may_see=sees,
        clock=matter.clock,
        opened_at=matter.opened_at,
        level=matter.level,
    )


def _left(matter: FoundMatter, now: datetime) -> str:
    if matter.due_at is None:
        return ""
    return "en pausa" if _is_paused(matter.course) else near_dates.left(matter.due_at, now)


def term_of(term: Term | Clock, now: datetime) -> Mapping[str, Any]:
    """Return a promise in words: its name, the time that is left, and the tone and share of its meter."""
    return {
        "id": term.id,
        "name": CLOCKS.get(term.name, term.name),
        "due_at": term.due_at,
        "left": near_dates.left(term.due_at, now),
        "tone": tone_of(term.state, term.due_at, now),
        "share": share_of(term.started_at, term.due_at, now),
    }


def tone_of(state: str | None, due_at: datetime | None, now: datetime) -> str:
    """Return the class of its meter: late, soon, or none."""
    if state == _LATE:
        return "bad"
    soon = due_at is not None and as_day(due_at - timedelta.resolution) <= as_day(now)
    return "wait" if state == "at_risk" or soon else ""


def share_of(started_at: datetime | None, due_at: datetime | None, now: datetime) -> int:
    """Return how much of the time has passed, of 100."""
    if started_at is None or due_at is None or due_at <= started_at:
        return 100
    return max(2, min(100, round(100 * (now - started_at) / (due_at - started_at))))


def _unit(tower: str | None, label: str | None) -> str:
    return short_name(tower, label) if label else ""


def _is_paused(course: Mapping[str, Any] | None) -> bool:
    pauses = (course or {}).get("pauses") or []
    return bool(pauses) and pauses[-1].get("until") is None


def _is_danger(matter: FoundMatter) -> bool:
    """Return whether somebody may be in danger: an emergency, or who writes in one, and no drill."""
    promised = (matter.name or "").startswith(_URGENT)
    answers = bool(matter.emergency and matter.waits)
    of_emergency = matter.case.startswith(f"{CaseKind.EMERGENCY}:") or promised or answers
    return of_emergency and not {**(matter.context or {}), **(matter.opened_data or {})}.get("drill")


def _taken_by(matter: FoundMatter) -> str | None:
    """Return who has taken the promise on for the level that has it now."""
    taken = [
        one for one in (matter.course or {}).get("acknowledged") or [] if one["level"] >= (matter.level or 1)
    ]
    return taken[-1]["by"] if taken else None


def _party(matter: FoundMatter) -> Mapping[str, Any] | str:
    """Return the person of the case as its first event names them: a reference, or a name and an address."""
    data = matter.opened_data or {}
    for word in _PARTIES:
        named = data.get(word)
        if isinstance(named, list) and named:
            named = named[0]
        if isinstance(named, (dict, str)) and named:
            return named
    return {}


def _ref(matter: FoundMatter) -> str | None:
    data, party = matter.opened_data or {}, _party(matter)
    if isinstance(party, str):
        return party
    found = party.get("ref") or data.get("person") or data.get("subject_id") or data.get("person_id")
    return str(found) if found else matter.wrote_by


def _stranger(matter: FoundMatter) -> str:
    data, party = matter.opened_data or {}, _party(matter)
    name = (party.get("name") if isinstance(party, dict) else None) or data.get("person_name") or ""
    return "" if name == _NAMELESS else str(name)


def _last(matter: FoundMatter) -> LastWord | None:
    """Return what was said last: by whoever wrote, or by us."""
    answer = matter.answered_data or {}
    ours = answer.get("answer") or answer.get("summary")
    if (
        matter.words
        and matter.wrote_at
        and (matter.answered_at is None or matter.wrote_at >= matter.answered_at)
    ):
        return LastWord(text=short(matter.words), channel=matter.channel or "", at=matter.wrote_at)
    if isinstance(ours, str) and ours:
        return LastWord(text=short(ours), ours=True, at=matter.answered_at)
    return None
