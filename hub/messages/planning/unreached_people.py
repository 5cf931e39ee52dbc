"""Alerts to the desk about people whom no channel has reached in an emergency. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from hub.model import Event, Json, StoredEvent, own_event
from hub.model.emergencies import LostRecipient
from hub.model.ids import uuid8
from hub.policy.clocks import CALLS, EMERGENCY_UNREACHED

NAME: Final = CALLS[EMERGENCY_UNREACHED]
MOST: Final = 200
"""People in one alert; the others follow in the next one."""
_LONGEST: Final = 200
"""Characters of a name, as the schema has it: a longer one must not lose the alert."""
_BY_PHONE: Final = frozenset({"sms", "whatsapp", "voice"})
_IN_A_LINE: Final = 3
"""People whom an escalation names; the others are in the case."""
_NAME, _PLACE = 30, 25
"""Characters of a name and of a place there: with the number to call, one fits a text message."""
_FIELDS: Final = {
    "emergency_id": ("emergency_id",),
    "scope": ("scope",),
    "instruction": ("instruction",),
    "emergency_kind": ("emergency_kind", "kind"),
    "drill": ("drill",),
}
"""Field of the alert → the fields of the event that hold it, the first one present."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

CLEARED: Final = "cleared"

People = Sequence[Sequence[LostRecipient]]
"""The lost messages of each person."""


def people_of(lost: Iterable[LostRecipient]) -> People:
    """Return the lost messages by person, at most so many people as one alert names."""
    found: defaultdict[str, list[LostRecipient]] = defaultdict(list)
    for recipient in lost:
        found[recipient.person].append(recipient)
    return [found[person] for person in sorted(found)[:MOST]]


def is_over(stored: StoredEvent) -> bool:
    """Return whether the event says that the danger has passed: nobody is woken to hand that on."""
    return bool(stored.event.data.get("status") == CLEARED)


def alert_of(people: People, stored: StoredEvent, *, now: datetime) -> Event:
    """Make the alert of these people. Its id is made from them: a repeat is a duplicate."""
    named = sorted(
        (_named(lost) for lost in people), key=lambda person: (person["units"] or "", person["name"])
    )
    data: dict[str, Json] = {
        "about": stored.event.name,
        "about_id": stored.event.id,
        "thread_id": stored.case or stored.event.id,
        "copropiedad_id": stored.copropiedad_id,
        "people": named,
        "unreached": _in_a_line(named),
        "since": stored.event.time.isoformat(),
        **_facts(stored.event),
    }
    alert_id = uuid8(_EPOCH, stored.key.hex, *(lost[0].person for lost in people))
    known = {name: value for name, value in data.items() if value is not None}
    return own_event(NAME, f"unreached:{alert_id}", known, time=now)


def _named(lost: Sequence[LostRecipient]) -> dict[str, Json]:
    first = lost[0]
    numbers = (recipient.address for recipient in lost if recipient.channel in _BY_PHONE)
    return {
        "person": first.person,
        "name": first.name[:_LONGEST] or "una persona",
        "units": ", ".join(first.units)[:_LONGEST] or None,
        "phone": next(numbers, first.phone) or None,
    }


def _in_a_line(named: Sequence[dict[str, Json]]) -> str:
    """Return whom to call, and at which number, for the levels above."""
    first = [_to_call(person) for person in named[:_IN_A_LINE]]
    more = len(named) - len(first)
    return "; ".join([*first, f"y {more} más"] if more else first)


def _to_call(person: dict[str, Json]) -> str:
    where = f" ({_cut(person['units'], _PLACE)})" if person["units"] else ""
    return f"{_cut(person['name'], _NAME)}{where}: {person['phone'] or 'sin teléfono'}"


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _facts(event: Event) -> dict[str, Json]:
    return {name: next(filter(None, map(event.data.get, fields)), None) for name, fields in _FIELDS.items()}
