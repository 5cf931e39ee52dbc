"""Due instants of promises, in words. The company works Monday to Friday from 8:00 to 17:00."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.model import ClockHistory, ClockState, Pause
from hub.operations.clocks.due_words import due_words, ended_words, paused_words
from hub.policy import load_policy
from hub.rendering.filters import NBSP

POLICY = load_policy()
PROMISES = {name: rules.promise_for({}, POLICY.calendar_rules.mode) for name, rules in POLICY.clocks.items()}
BOGOTA = ZoneInfo("America/Bogota")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BOGOTA)


@pytest.mark.parametrize(
    ("clock", "now", "due", "words"),
    [
        # Wednesday 9:05 to 14:05 is five hours, all of them open.
        (
            "first_reply",
            "2026-03-11T09:05",
            "2026-03-11T14:05",
            "vence el miércoles 11 a las 2:05 p. m., en 5 horas hábiles",
        ),
        # Tuesday 16:00 to 17:00 and Wednesday 8:00 to 8:30: an hour and a half, rounded down.
        (
            "first_reply",
            "2026-03-10T16:00",
            "2026-03-11T08:30",
            "vence el miércoles 11 a las 8:30 a. m., en 1 hora hábil",
        ),
        (
            "first_reply",
            "2026-03-11T14:04",
            "2026-03-11T14:05",
            "vence el miércoles 11 a las 2:05 p. m., en 1 minuto hábil",
        ),
        # The night is closed: no business time is left.
        ("first_reply", "2026-03-10T20:00", "2026-03-11T08:00", "vence el miércoles 11 a las 8:00 a. m."),
        # Another month is named, another year too. 31 December 16:00 to 17:00 and 4 January 8:00 to 9:00.
        (
            "first_reply",
            "2026-03-31T09:00",
            "2026-04-01T09:00",
            "vence el miércoles 1 de abril a las 9:00 a. m., en 9 horas hábiles",
        ),
        (
            "first_reply",
            "2026-12-31T16:00",
            "2027-01-04T09:00",
            "vence el lunes 4 de enero de 2027 a las 9:00 a. m., en 2 horas hábiles",
        ),
        # Friday 16:00 to Monday 10:00: one hour and two, the weekend is nothing.
        ("first_reply", "2026-03-16T10:00", "2026-03-13T16:00", "venció hace 3 horas hábiles"),
        ("first_reply", "2026-03-14T12:00", "2026-03-13T17:00", "venció el viernes 13 a las 5:00 p. m."),
        # A term of days ends at 24:00 of its last day, here Tuesday; Monday 23 March is a holiday.
        (
            "legal_term",
            "2026-03-20T09:00",
            "2026-03-25T00:00",
            "vence el martes 24 al final del día, en 1 día hábil",
        ),
        ("legal_term", "2026-03-24T09:00", "2026-03-25T00:00", "vence el martes 24 al final del día"),
        # Wednesday 25 and Thursday 26 have gone or go.
        ("legal_term", "2026-03-26T09:00", "2026-03-25T00:00", "venció hace 2 días hábiles"),
        # Its last day was Friday; Saturday, Sunday and the holiday do not count.
        ("legal_term", "2026-03-23T09:00", "2026-03-21T00:00", "venció el viernes 20 al final del día"),
        # Emergencies run at any hour.
        (
            "emergency_ack",
            "2026-03-14T12:59",
            "2026-03-14T13:04",
            "vence el sábado 14 a la 1:04 p. m., en 5 minutos",
        ),
        ("emergency_ack", "2026-03-14T15:04", "2026-03-14T13:04", "venció hace 2 horas"),
        ("custody", "2026-03-17T13:04", "2026-03-14T13:04", "venció hace 72 horas"),
        ("custody", "2026-10-26T13:04", "2026-03-14T13:04", "venció hace 226 días"),
    ],
)
def test_due_time_is_written_in_the_unit_of_the_promise(clock: str, now: str, due: str, words: str) -> None:
    assert words == due_words(PROMISES[clock], at(due), at(now), POLICY.calendar).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ClockState.MET, "cumplido el martes 10 a las 3:00 p. m."),
        (ClockState.BREACHED, "cumplido tarde el martes 10 a las 3:00 p. m."),
        (ClockState.CANCELLED, "cancelado el martes 10 a las 3:00 p. m."),
    ],
)
def test_an_ended_promise_says_how_it_ended(state: ClockState, words: str) -> None:
    assert words == ended_words(state, at("2026-03-10T15:00"), at("2026-03-11T09:00")).replace(NBSP, " ")


def test_paused_promise_shows_since_when() -> None:
    course = ClockHistory(pauses=(Pause(since=at("2026-03-09T08:00")),))

    words = paused_words(course, at("2026-03-11T09:00")).replace(NBSP, " ")

    assert words == "en pausa desde el lunes 9 a las 8:00 a. m."
