"""Why a promise is due then, day by day; where it stands; its page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub.model import Clock, ClockHistory, Pause
from hub.model.clocks import Acknowledgement
from hub.operations.clocks.calculation import CountedDay, calculation, in_words
from hub.web.console.clock_page import why_not
from tests.contract.values import clock, now
from tests.unit.clock_factory import scheduled
from tests.unit.factories import MONDAY, POLICY

FRIDAY = datetime(2026, 3, 20, 21, 0, tzinfo=UTC)
"""16:00 in Colombia; Monday 23 March is a holiday."""
DAY = timedelta(days=1)


def told(clock: Clock) -> list[tuple[date, date, str, str, str]]:
    return [
        (day.first, day.last, day.counted, day.total, day.why)
        for day in calculation(clock, POLICY.calendar).days
    ]


def legal_term(**course: Any) -> Clock:
    rules = POLICY.clocks["legal_term"]
    return scheduled(
        rules, FRIDAY, policy=POLICY, course=ClockHistory(**course), data={"kind": "informacion"}
    )


def test_business_days_are_counted_and_others_say_why_not() -> None:
    clock = legal_term()
    days = told(clock)

    assert (date(2026, 3, 20), date(2026, 3, 20), "", "0 días", "el día en que empieza no cuenta") == days[0]
    assert (date(2026, 3, 21), date(2026, 3, 22), "", "0 días", "fin de semana") == days[1]
    assert (date(2026, 3, 23), date(2026, 3, 23), "", "0 días", "festivo") == days[2]
    assert (date(2026, 3, 24), date(2026, 3, 24), "1 día", "1 día", "") == days[3]
    assert f"{clock.promise.target.count} días" == days[-1][3]  # type: ignore[union-attr]
    assert POLICY.calendar.day_of(clock.due_at - timedelta.resolution) == days[-1][1]


def test_paused_days_are_passed_over() -> None:
    pause = Pause(since=FRIDAY + 4 * DAY, until=FRIDAY + 6 * DAY)
    clock = legal_term(pauses=(pause,))
    days = told(clock)

    assert "en pausa" in {why for *_, why in days}
    assert f"{clock.promise.target.count} días" == days[-1][3]  # type: ignore[union-attr]
    assert any("Estuvo en pausa desde el" in sentence for sentence in sentences(clock))


def test_pause_that_lasts_says_that_the_term_waits() -> None:
    clock = legal_term(pauses=(Pause(since=FRIDAY + 4 * DAY),))

    assert "Queda en pausa. Sin ella vencería" in sentences(clock)[-1]


def test_extension_is_said_and_counted() -> None:
    clock = legal_term(extended_at=FRIDAY + 5 * DAY)

    assert any(sentence.startswith("Se amplió el") for sentence in sentences(clock))
    assert calculation(clock, POLICY.calendar).days[-1].total != told(legal_term())[-1][3]


def test_business_hours_are_summed_by_day() -> None:
    clock = scheduled(POLICY.clocks["first_reply"], FRIDAY, policy=POLICY)
    days = told(clock)
    target = clock.promise.target

    assert isinstance(target, timedelta)
    assert f"{target // timedelta(hours=1)} h" == days[-1][3]
    assert {"fin de semana", "festivo"} <= {why for *_, why in days} | {"fin de semana"}
    assert "solo cuenta el tiempo en que la empresa atiende" in sentences(clock)[1]


def test_clock_of_any_hour_has_no_table() -> None:
    clock = scheduled(POLICY.clocks["emergency_ack"], MONDAY, policy=POLICY)

    assert [] == told(clock)
    assert "de día y de noche" in sentences(clock)[1]


def test_answer_that_did_not_arrive_is_said() -> None:
    clock = replace(legal_term(), course=ClockHistory(reopened=(FRIDAY + DAY,)))

    assert any("La respuesta no llegó" in sentence for sentence in sentences(clock))


def test_sentences_end_with_one_point() -> None:
    assert [] == [sentence for sentence in sentences(legal_term()) if sentence.endswith("..")]


def test_days_are_told_in_words() -> None:
    one = CountedDay(first=date(2026, 3, 9), last=date(2026, 3, 9), counted="", total="", why="")
    two = CountedDay(first=date(2026, 3, 7), last=date(2026, 3, 8), counted="", total="", why="")

    assert ("lunes 9 de marzo", "sábado 7 de marzo al domingo 8 de marzo") == (in_words(one), in_words(two))


def sentences(clock: Clock) -> list[str]:
    return calculation(clock, POLICY.calendar).sentences


@pytest.mark.parametrize(
    ("level", "taken", "offered"), [(2, (), True), (2, (2,), False), (3, (2,), True), (1, (), False)]
)
def test_promise_is_taken_on_once_for_each_level(level: int, taken: tuple[int, ...], offered: bool) -> None:
    held = tuple(Acknowledgement(level=one, at=now(), by="account:ana") for one in taken)
    promise = replace(clock(level=level, name="first_reply"), course=ClockHistory(acknowledged=held))

    assert offered == (why_not(promise) is None)
