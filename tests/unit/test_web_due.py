"""Words of the page: due instants and remaining time (Monday to Friday from 8:00 to 17:00), labels."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.catalog import CATALOG
from hub.channels.push import fcm
from hub.channels.sms import twilio
from hub.channels.whatsapp import verdicts
from hub.model import ClockHistory, ClockState, Pause, Promise, Purpose, State, UnreachedReason
from hub.operations.clocks.due_words import due_words, ended_words, paused_words, time_left
from hub.operations.clocks.schemas import TimeLeft
from hub.policy import load_policy
from hub.rendering import labels_es, outcomes_es, titles_es
from hub.rendering.filters import NBSP
from hub.settings import Mode

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


@pytest.mark.parametrize(
    ("clock", "now", "due", "left"),
    [
        # Friday 16:00 to Monday 10:00: one hour and two.
        (
            "first_reply",
            "2026-03-13T16:00",
            "2026-03-16T10:00",
            TimeLeft(amount=3 * 3600, unit="business_seconds"),
        ),
        # Closed all the way: nothing is left although the night is long.
        ("first_reply", "2026-03-13T18:00", "2026-03-16T08:00", TimeLeft(amount=0, unit="business_seconds")),
        # Lateness counts all hours, also at night.
        ("first_reply", "2026-03-13T17:20", "2026-03-13T17:00", TimeLeft(amount=-1200, unit="seconds")),
        # A term of days ends at 24:00 of its last day, here Tuesday; Monday 23 March is a holiday.
        ("legal_term", "2026-03-20T09:00", "2026-03-25T00:00", TimeLeft(amount=1, unit="business_days")),
        ("legal_term", "2026-03-24T09:00", "2026-03-25T00:00", TimeLeft(amount=0, unit="business_days")),
        # Emergencies run at any hour.
        ("emergency_ack", "2026-03-14T02:00", "2026-03-14T02:05", TimeLeft(amount=300, unit="seconds")),
    ],
)
def test_time_left_is_counted_as_the_promise_runs(clock: str, now: str, due: str, left: TimeLeft) -> None:
    promise = POLICY.clocks[clock].promise_for({}, POLICY.calendar_rules.mode)

    assert time_left(promise, at(due), at(now), POLICY.calendar) == left


def test_stored_promise_counts_and_not_the_current_policy() -> None:
    in_hours = Promise(target=timedelta(hours=9))
    friday, monday = at("2026-03-13T16:00"), at("2026-03-16T10:00")

    assert TimeLeft(amount=3 * 3600, unit="business_seconds") == time_left(
        in_hours, monday, friday, POLICY.calendar
    )
    assert TimeLeft(amount=66 * 3600, unit="seconds") == time_left(
        replace(in_hours, any_hour=True), monday, friday, POLICY.calendar
    )


def test_every_state_of_a_message_has_a_word() -> None:
    assert set(labels_es.MESSAGE_STATES) == {state.value for state in State}


def test_every_state_of_a_clock_has_a_word() -> None:
    assert set(labels_es.CLOCK_STATES) == {state.value for state in ClockState}


def test_every_reason_why_an_event_does_not_reach_all_has_words() -> None:
    assert set(labels_es.UNREACHED) == {reason.value for reason in UnreachedReason}


def test_every_event_of_the_catalogue_has_a_title() -> None:
    assert set(titles_es.EVENTS) == {kind.name for kind in CATALOG}


def test_every_promise_of_the_policy_has_a_name() -> None:
    assert set(titles_es.CLOCKS) == set(load_policy().clocks)


def test_every_channel_of_the_catalogue_has_a_word() -> None:
    used = {
        channel
        for kind in CATALOG
        for audience in kind.audiences
        for step in audience.channels
        for channel in step
    }

    assert used <= set(labels_es.CHANNELS)


def test_every_purpose_and_every_mode_has_a_word() -> None:
    assert set(labels_es.PURPOSES) == {purpose.value for purpose in Purpose}
    assert set(labels_es.MODES) == {mode.value for mode in Mode}


def test_every_reason_that_a_provider_gives_has_a_sentence() -> None:
    tables = (twilio.MEANINGS, verdicts.MEANINGS, fcm.MEANINGS, fcm.BY_STATUS)

    given = {reason for table in tables for _, reason in table.values()}
    assert given <= set(outcomes_es.REASONS)


def test_reason_prefix_is_never_a_whole_reason() -> None:
    assert not set(outcomes_es.REASON_STARTS) & set(outcomes_es.REASONS)
