"""`hub indicators`: the format of periods and figures."""

from __future__ import annotations

from datetime import date

import pytest
import typer

from hub.cli.indicators import SURVEY_COLUMNS, as_period, renewal_words
from hub.rendering.figures_es import FEW, hours, percent
from hub.sla.indicator_rows import RenewalRate, SurveyFigures

TODAY = date(2026, 10, 14)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("30d", (date(2026, 9, 15), TODAY)),
        ("1d", (TODAY, TODAY)),
        ("2026-10", (date(2026, 10, 1), date(2026, 10, 31))),
        ("2028-02", (date(2028, 2, 1), date(2028, 2, 29))),
    ],
)
def test_a_period_is_the_last_days_or_a_month(text: str, period: tuple[date, date]) -> None:
    assert period == as_period(text, TODAY)


@pytest.mark.parametrize("text", ["0d", "400d", "30", "2026-13", "0000-01", "octubre"])
def test_another_period_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        as_period(text, TODAY)


def test_figures_are_written_as_colombians_write_them() -> None:
    assert ("95,8 %", "–") == (percent(0.9583), percent(None))
    assert ("4,5 h hábiles", "0,2 h", "–") == (
        hours(4.5, any_hour=False),
        hours(0.17, any_hour=True),
        hours(None, any_hour=True),
    )


def test_renewal_rate_says_of_how_many_contracts_it_is() -> None:
    rate = RenewalRate(renewed=4, ended=2, share=0.6667, by=[])

    assert "Contratos renovados: 66,7 % (4 de 6)" == renewal_words(rate)
    assert "Contratos renovados: – (0 de 0)" == renewal_words(
        RenewalRate(renewed=0, ended=0, share=None, by=[])
    )


def test_groups_of_few_answers_are_shown_as_such() -> None:
    few = SurveyFigures(
        name="desk", asked=4, answers=None, response_rate=None, nps=None, index=None, few=True
    )
    whole = SurveyFigures(name="", asked=20, answers=12, response_rate=0.6, nps=-8.3, index=71.25, few=False)
    none = SurveyFigures(name="", asked=2, answers=0, response_rate=0.0, nps=None, index=None, few=False)

    columns = [column for name, column in SURVEY_COLUMNS.items() if name not in {"encuestas", "enviadas"}]
    assert [[FEW] * 4, ["12", "60,0 %", "-8,3", "71,2"], ["0", "0,0 %", "–", "–"]] == [
        [column(figures) for column in columns if callable(column)] for figures in (few, whole, none)
    ]
