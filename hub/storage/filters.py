"""Filters of statements: messages by their columns, anything by its copropiedad."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from hub.model import PropertyScope, within
from hub.model.bulk import BulkFilter
from hub.model.message_lists import LISTS
from hub.ports import BoardFilter, MessageFilter, NoteFilter
from hub.storage.database import storable

_CONDITIONS: Final = {
    "channel": "channel = ${}",
    "event": "event = ${}",
    "event_id": "event_key IN (SELECT key FROM event WHERE event.id = ${})",
    "person": "person = ${}",
    "purpose": "purpose = ${}",
    "case": "event_key IN (SELECT key FROM event WHERE event.case_key = ${})",
    "reason": "starts_with(reason, ${})",
    "since": "created_at >= ${}",
    "until": "created_at < ${}",
    "id": "id = ${}",
    "places": "copropiedad_id = ANY (${}::text[])",
}

OF_MESSAGES: Final = ("state", *(name for name in _CONDITIONS if name not in {"id", "places"}))
"""What narrows messages: the fields of a filter that a state and an index have."""
_OF_NOTES: Final = {
    "who": "${0} IN (who, substr(who, strpos(who, ':') + 1))",
    "action": "action = ${}",
    "subject": "${0} IN (subject, substr(subject, strpos(subject, ':') + 1))",
    "since": "at >= ${}",
    "until": "at < ${}",
}
"""A kind stands before the name: `account:ana`."""

_BY_INDEX: Final = {
    "channel": (frozenset({"email", "inbox"}), "channel NOT IN ('email', 'inbox')"),
    "event": (frozenset({"admin.payment.received"}), "event <> 'admin.payment.received'"),
}
"""
The values that most messages have, and the condition of the index of all others.

PostgreSQL only takes that index (`message_channel`, `message_name`) where the statement says the same in the
same words.
"""

_PLAIN: Final = re.compile(r"[a-z0-9_.]{1,100}")
"""Words that may stand in a statement as they are: the names of events and channels."""

_OF_CLOCKS: Final = {
    "name": "name = ${}",
    "area": "context ->> 'service_area' = ${}",
    "level": "level = ${}",
    "places": "copropiedad_id = ANY (${}::text[])",
}


def narrowed(asked: BulkFilter, places: PropertyScope) -> MessageFilter:
    """Return the filter of messages, within these places."""
    fields = {name: getattr(asked, name) for name in OF_MESSAGES}
    states = () if asked.only is None else LISTS[asked.only]
    return MessageFilter(**fields, states=states, places=within(places, asked.copropiedad))


def narrow(narrowed: MessageFilter, *, first_free: int) -> tuple[str, list[object]]:
    """
    Make conditions for the filters that are set: one plan for all would fit none of the indexes.

    `first_free` is the first parameter number that the statement does not use itself.
    """
    asked = _asked(narrowed, _CONDITIONS)
    plain = {
        name: str(value)
        for name, value in asked.items()
        if name in _BY_INDEX and _PLAIN.fullmatch(str(value))
    }
    given = {name: value for name, value in asked.items() if name not in plain}
    conditions, values = _conditions(given, _CONDITIONS, first_free)
    # With the value in it PostgreSQL plans for that value: for any value it would read a whole building, not
    # the few messages of an event.
    conditions += [f"{name} = '{value}'" for name, value in plain.items()]
    conditions += [_BY_INDEX[name][1] for name, value in plain.items() if value not in _BY_INDEX[name][0]]
    return " AND ".join(conditions) or "true", values


def narrow_notes(narrowed: NoteFilter, *, first_free: int) -> tuple[str, list[object]]:
    """Make conditions for the filters of the audit that are set, as `narrow` does."""
    conditions, values = _conditions(_asked(narrowed, _OF_NOTES), _OF_NOTES, first_free)
    texts = [storable(value) if isinstance(value, str) else value for value in values]
    return " AND ".join(conditions) or "true", texts


def narrow_clocks(narrowed: BoardFilter, *, first_free: int) -> tuple[str, list[object]]:
    """Do the same for promises."""
    conditions, values = _conditions(_asked(narrowed, _OF_CLOCKS), _OF_CLOCKS, first_free)
    return " AND ".join(conditions) or "true", values


def _asked(narrowed: object, known: Mapping[str, str]) -> dict[str, Any]:
    return {name: value for name in known if (value := getattr(narrowed, name)) is not None}


def _conditions(
    asked: Mapping[str, Any], known: Mapping[str, str], first_free: int
) -> tuple[list[str], list[object]]:
    conditions = [known[name].format(number) for number, name in enumerate(asked, start=first_free)]
    return conditions, [listed(value) if name == "places" else value for name, value in asked.items()]


def listed(places: PropertyScope) -> list[str] | None:
    """Return copropiedades as a statement's parameter: NULL is everywhere."""
    return None if places is None else sorted(places)
