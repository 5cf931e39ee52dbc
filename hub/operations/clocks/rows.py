"""Clocks as operators see them: due time in words, who was notified, who acknowledged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from hub.business_time import WorkCalendar
from hub.model import ClockHistory, ClockState, Json, Promise, Step
from hub.operations.clocks.due_words import due_words, ended_words, paused_words
from hub.operations.clocks.time_left import time_left
from hub.policy.clocks import EMERGENCY_REPLY
from hub.sla.events import OF_PEOPLE

Row = Mapping[str, Json]
_KEPT: Final = ("id", "case", "name", "state", "started_at", "due_at", "level", "ended_at")
_MESSAGE_FIELDS: Final = ("event", "person", "channel", "state", "at")


def events_of(rows: Iterable[Row]) -> list[str]:
    """Return the ids of the events of the fired steps of these clocks."""
    return [f"{row['id']}:{step.key}" for row in rows for step in _steps(row)[: row["fired"]]]


def clock_row(row: Row, messages: Sequence[Row], now: datetime, calendar: WorkCalendar) -> dict[str, Any]:
    """Make a row of the list, with those of `messages` that belong to its steps, without names."""
    course, due_at = _course(row), as_instant(row["due_at"])
    running = row["ended_at"] is None
    return {
        **{name: row[name] for name in _KEPT},
        "due_local": due_at.astimezone(calendar.zone),
        "due_words": _words(row, course, now, calendar),
        "left": time_left(_promise(row), due_at, now, calendar) if running and not course.paused else None,
        "paused": course.paused,
        "told": [_step_message(message) for message in _messages_of(row, messages)],
        "acknowledged": [msgspec.to_builtins(ack) for ack in course.acknowledged],
        "held_by": _holder(course, row),
        **_of_case(row.get("context") or {}),
    }


def _holder(course: ClockHistory, row: Row) -> str | None:
    """Return who has acknowledged the level that has the clock now."""
    taken = [ack for ack in course.acknowledged if ack.level >= row["level"]]
    return max(taken, key=lambda ack: ack.at).by if taken else None


def _of_case(context: Mapping[str, Json]) -> dict[str, Json]:
    """Return what says which case it is of, and whose."""
    names = {"copropiedad": "copropiedad_id", "service_area": "service_area", "radicado": "radicado"}
    return {name: context.get(field) for name, field in names.items()}


def whole_clock(row: Row, messages: Sequence[Row], now: datetime, calendar: WorkCalendar) -> dict[str, Any]:
    """Show one clock in full. The caller masks the names."""
    course = _course(row)
    return {
        **clock_row(row, messages, now, calendar),
        "told": [
            {**_step_message(message), "name": message["name"]} for message in _messages_of(row, messages)
        ],
        "steps": [_step(step, done=n < row["fired"]) for n, step in enumerate(_steps(row))],
        "pauses": [msgspec.to_builtins(pause) for pause in course.pauses],
        "extended_at": course.extended_at,
        "reopened": list(course.reopened),
        "context": _without_people(row["context"] or {}, row["name"]),
    }


def _without_people(context: Mapping[str, Json], name: str) -> dict[str, Json]:
    """Leave out what only the staff in charge may know: names, and the words and the number of who wrote."""
    hidden = OF_PEOPLE | ({"contact"} if name == EMERGENCY_REPLY else set())
    return {key: value for key, value in context.items() if key not in hidden}


def _words(row: Row, course: ClockHistory, now: datetime, calendar: WorkCalendar) -> str:
    if row["ended_at"] is not None:
        return ended_words(ClockState(row["state"]), as_instant(row["ended_at"]), now)
    if course.paused:
        return paused_words(course, now)
    return due_words(_promise(row), as_instant(row["due_at"]), now, calendar)


def _messages_of(row: Row, messages: Iterable[Row]) -> list[Row]:
    return [message for message in messages if _clock_and_step(message)[0] == str(row["id"])]


def _step_message(message: Row) -> dict[str, Any]:
    kept = {name: message[name] for name in _MESSAGE_FIELDS}
    return {"step": _clock_and_step(message)[1], "message_id": message["id"], **kept}


def _clock_and_step(message: Row) -> tuple[str, str]:
    """Split the id of a step's event, `{clock}:{step}`."""
    clock, _, step = str(message["event_id"]).partition(":")
    return clock, step


def _step(step: Step, *, done: bool) -> dict[str, Any]:
    facts = {name: getattr(step, name) for name in ("key", "kind", "at", "from_level", "to_level")}
    return {**facts, "done": done}


def _course(row: Row) -> ClockHistory:
    return msgspec.convert(row["course"] or {}, ClockHistory)


def _promise(row: Row) -> Promise:
    return msgspec.convert(row["promise"], Promise)


def _steps(row: Row) -> tuple[Step, ...]:
    return msgspec.convert(row["steps"], tuple[Step, ...])


def as_instant(value: Json) -> datetime:
    """Read an instant of a row: a datetime, or its text in ISO 8601."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
