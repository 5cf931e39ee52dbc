"""Dates near now as operators read them, and numbers that agree with their words."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import dates, timedeltas

from hub.business_time.dates import ZONE, whole_day
from hub.health.incidents import title_of
from hub.health.symptoms import of_letters
from hub.model import ClockState, State
from hub.operations.bulk.words_es import RESULT_COUNTS_ES
from hub.operations.explain.sentences_es import short_time
from hub.rendering import near_dates
from hub.rendering.case_words_es import DUE_CALLS
from hub.rendering.figures_es import many
from hub.rendering.labels_es import CLOCK_STATES, MESSAGE_COUNTS
from tests.unit.factories import POLICY

NOW = datetime(2026, 11, 30, 10, 42, tzinfo=ZONE)
MIDNIGHT = "12:00"
ROOT = Path(__file__).parents[2]
PAGES = tuple(chain((ROOT / "hub").rglob("*.html"), (ROOT / "hub").rglob("*.py")))


def glued(text: str) -> str:
    """Return a text whose hours no line can tear."""
    return re.sub(r" ([ap])\. m\.", "\N{NO-BREAK SPACE}\\1.\N{NO-BREAK SPACE}m.", text)


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(30, 10, 42), "hace un momento"),
        (at(30, 10), "hace 42 min"),
        (at(30, 9), "hoy 9:00 a. m."),
        (at(29, 23, 5), "ayer 11:05 p. m."),
        (at(28, 9), "hace 2 días"),
        (at(24, 9), "hace 6 días"),
        (at(23, 9), "23 nov"),
        (at(23, 9, year=2025), "23 nov 2025"),
        (at(30, 11, 1), "en 19 min"),
        (at(30, 14), "hoy 2:00 p. m."),
        (at(1, 16, 10, month=12), "mañana 4:10 p. m."),
        (at(2, 9, month=12), "en 2 días"),
        (at(7, 9, month=12), "7 dic"),
        (at(1, month=12), "mañana"),
    ],
)
def test_moment_is_said_by_how_near_it_is(moment: datetime, said: str) -> None:
    assert glued(said) == near_dates.near(moment, NOW)


@pytest.mark.parametrize(
    ("due", "said", "whole"),
    [
        (at(1, month=12), "hoy", "lunes 30 de noviembre de 2026, al final del día"),
        (at(2, month=12), "mañana", "martes 1 de diciembre de 2026, al final del día"),
        (at(16, month=12), "15 dic", "martes 15 de diciembre de 2026, al final del día"),
        (at(1, 16, 10, month=12), "mañana 4:10 p. m.", "martes 1 de diciembre de 2026, 4:10 p. m."),
    ],
)
def test_term_of_days_belongs_to_the_day_that_it_ends(due: datetime, said: str, whole: str) -> None:
    assert glued(said) == near_dates.term(due, NOW)
    assert glued(whole) == near_dates.whole_term(due)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (at(30, 14), "hoy 2:00 p. m."),
        (at(2, 14, month=12), "2 días"),
        (at(30, 10), "hace 42 min"),
        (at(30, 5), "hace 5 h"),
        (at(29, 9), "hace 1 día"),
        (at(28), "hace 2 días"),
    ],
)
def test_time_left_is_in_days_and_lateness_in_the_unit_that_says_most(due: datetime, said: str) -> None:
    assert glued(said) == near_dates.left(due, NOW)


@given(
    day=dates(date(2026, 1, 1), date(2027, 1, 1)),
    away=timedeltas(timedelta(days=-400), timedelta(days=400)),
)
def test_no_line_of_a_page_tears_an_hour(day: date, away: timedelta) -> None:
    moment = datetime.combine(day, time(13, 5), ZONE)
    now = moment + away
    said = [made(moment, now) for made in (near_dates.near, near_dates.term, near_dates.left)]
    said += [made(moment) for made in (near_dates.whole, near_dates.whole_term, near_dates.exact)]

    assert [] == [text for text in said if re.search(r"\d [ap]\.|\. m\.", text)]


@given(
    day=dates(date(2026, 1, 1), date(2027, 1, 1)),
    away=timedeltas(timedelta(days=-400), timedelta(days=400)),
)
def test_whole_day_has_no_hour(day: date, away: timedelta) -> None:
    midnight = datetime.combine(day, time(), ZONE)
    now = midnight + away
    said = [made(midnight, now) for made in (near_dates.near, near_dates.term, near_dates.left)]

    assert whole_day(midnight)
    assert [] == [
        text
        for text in (*said, near_dates.whole(midnight), near_dates.whole_term(midnight), short_time(midnight))
        if MIDNIGHT in text
    ]


TERMS = re.compile(r"\b(?:moment|short_time)\([^)]*\b(due_at|ends_at|until|expires_at|holds_until)\b[^)]*\)")


def test_page_shows_the_end_of_a_term_as_one() -> None:
    """Else it stands at midnight of the day after."""
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in PAGES
        for found in TERMS.finditer(path.read_text(encoding="utf-8"))
    ]

    assert [] == wrong


SPANISH = tuple(
    chain.from_iterable((ROOT / folder).rglob("*.html") for folder in ("hub/web", "hub/desk", "hub/doors"))
)
PLURAL = re.compile(r"\{\{([^}]*)\}\}(?:</\w+>)? ([a-záéíóúñ]+[aeo]s)\b")
COUNT = re.compile(r"\bnumber\((.*?)\) ?\}\}")
SEVERAL = {
    "minutes": "a constant, 10",
    "left": "one is said before",
    "shortest": "a constant of the policy of passwords",
    "factor.codes_left": "none and one are said before",
    "most": "a constant, 500",
    "row.times": "one is not said",
    "count": "one is said before",
    "at_once": "a constant",
    "fewest": "a number of the policy",
}
"""Value before a plural that is never one → why."""


def test_number_before_a_plural_is_never_one() -> None:
    """`1 personas`: write `n|many("persona", "personas")`."""
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in SPANISH
        for found in PLURAL.finditer(path.read_text(encoding="utf-8"))
        if found[1].strip() not in SEVERAL and "|many(" not in found[1]
    ]

    assert [] == wrong


def test_figure_has_words_for_one_and_for_several() -> None:
    given = [call for path in SPANISH for call in COUNT.findall(path.read_text(encoding="utf-8"))]
    lone = [call for call in given if not re.search(r"_COUNTS\[|_counts\[|\(\"[^\"]+\", \"[^\"]+\"\)", call)]

    assert given
    assert [] == lone


def test_every_state_has_words_for_a_number() -> None:
    assert set(CLOCK_STATES) == {str(state) for state in ClockState}
    assert {str(state) for state in State} <= set(MESSAGE_COUNTS)
    assert {"done", "skipped", "failed"} == set(RESULT_COUNTS_ES)


@pytest.mark.parametrize(
    "pair",
    [
        *MESSAGE_COUNTS.values(),
        *RESULT_COUNTS_ES.values(),
        *(words[:2] for words in DUE_CALLS.values()),
    ],
    ids=" | ".join,
)
def test_words_for_several_are_the_plural_of_those_for_one(pair: tuple[str, str]) -> None:
    one, several = (words.split() for words in pair)
    inflected = [(a, b) for a, b in zip(one, several, strict=True) if a != b]

    assert [] == [(a, b) for a, b in inflected if b not in {f"{a}s", f"{a}es", f"{a}n"}]
    assert not one[0].endswith("s")
    assert one == several or f"1 {pair[0]}" == many(1, *pair)


def test_promise_is_feminine_as_its_states_are() -> None:
    assert [] == [word for word in CLOCK_STATES.values() if re.search("[ai]do$", word)]


@pytest.mark.parametrize("opened", [1, 8])
def test_rejected_events_are_masculine(opened: int) -> None:
    [symptom] = of_letters(opened, 1, POLICY.monitor)
    said = f"{title_of(symptom.key)}: {symptom.measured}"

    assert "avisos" in said
    assert re.search(r"\d+ \w+o(s?)\b", said)
    assert not re.search(r"\d+ \w+as?\b", said)
