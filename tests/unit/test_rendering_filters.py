"""Dates, money and names for Colombian readers."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import TemplateFailure
from hub.model import Json
from hub.rendering.filters import (
    FILTERS,
    fecha,
    fecha_corta,
    fecha_hora,
    hora,
    la_hora,
    lista,
    nombre,
    pesos,
    plazo,
    plazo_corto,
    presente,
    punto,
)

BOGOTA = ZoneInfo("America/Bogota")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@given(st.datetimes(min_value=datetime(1994, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_dates_and_hours_are_babels(at: datetime) -> None:
    local = at.astimezone(BOGOTA)

    assert fecha(at) == format_date(local, "EEEE d 'de' MMMM 'de' y", locale="es_CO")
    assert plain(hora(at)) == plain(format_time(local, "h:mm a", locale="es_CO"))


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_pesos_are_babels(amount: int) -> None:
    sign = "-" if amount < 0 else ""

    assert plain(pesos(amount)) == f"{sign}$ {format_decimal(abs(amount), locale='es_CO')}"


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-09T13:05:00Z",
        "2026-03-09T08:05:00-05:00",
        "2026-03-09T08:05:00",
        "2026-03-09 13:05:00.000+00:00",
        datetime(2026, 3, 9, 13, 5, tzinfo=UTC),
    ],
)
def test_an_instant_is_shown_as_bogota_sees_it(value: Json) -> None:
    assert plain(fecha_hora(value)) == "lunes 9 de marzo de 2026 a las 8:05 a. m."
    assert plain(fecha_corta(value)) == "9 mar 2026, 8:05 a. m."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-03-09T00:00:00-05:00", "las 12:00 a. m."),
        ("2026-03-09T01:30:00-05:00", "la 1:30 a. m."),
        ("2026-03-09T12:00:00-05:00", "las 12:00 p. m."),
        ("2026-03-09T13:05:00-05:00", "la 1:05 p. m."),
        ("2026-03-09T23:59:00-05:00", "las 11:59 p. m."),
    ],
)
def test_one_o_clock_is_singular(value: str, shown: str) -> None:
    assert plain(la_hora(value)) == shown


def test_a_day_without_an_hour_is_that_day() -> None:
    assert fecha("2026-03-09") == "lunes 9 de marzo de 2026"


@pytest.mark.parametrize("value", ["mañana", "", "2026-13-01", 7, None, [], "2026-03-09T25:00:00Z"])
def test_invalid_date_is_a_template_failure(value: Json) -> None:
    with pytest.raises(TemplateFailure, match=r"^not a date and time$"):
        fecha(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1250000, "$ 1.250.000"),
        ("385000", "$ 385.000"),
        (0, "$ 0"),
        (-865000, "-$ 865.000"),
        (1250000.5, "$ 1.250.000,50"),
    ],
)
def test_pesos_have_points_and_cents_only_where_there_are_any(value: Json, shown: str) -> None:
    assert plain(pesos(value)) == shown


@pytest.mark.parametrize("value", ["mucho", None, float("nan"), float("inf"), []])
def test_invalid_amount_is_a_template_failure(value: Json) -> None:
    with pytest.raises(TemplateFailure, match=r"^pesos: not an amount$"):
        pesos(value)


def test_a_remembered_figure_is_not_that_of_an_equal_value_of_another_type() -> None:
    assert plain(FILTERS["pesos"](1)) == "$ 1"
    with pytest.raises(TemplateFailure):
        FILTERS["pesos"](True)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("MARÍA DEL PILAR O'NEILL", "María del Pilar O'Neill"),
        ("juan-pablo de la torre", "Juan-Pablo de la Torre"),
        ("  Ana   McDonald ", "Ana McDonald"),
        ("DE LA ESPRIELLA", "De la Espriella"),
        ("COPROSERVICIOS S.A.S.", "Coproservicios S.A.S."),
        ("INVERSIONES PEÑA SAS", "Inversiones Peña SAS"),
        ("Ana\r\nBcc: x@y.co", "Ana Bcc: x@y.co"),
        ("", ""),
    ],
)
def test_names_get_tidy_capitals(written: str, shown: str) -> None:
    assert nombre(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [("Salga ", "Salga."), ("Salga.", "Salga."), ("¡Salga!", "¡Salga!"), ("Sal…", "Sal…")],
)
def test_a_sentence_that_another_follows_is_ended(written: str, shown: str) -> None:
    assert punto(written) == shown


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ([], ""),
        (["agua"], "agua"),
        (["agua", "gas"], "agua y gas"),
        (["agua", "internet"], "agua e internet"),
        (["agua", "hielo"], "agua y hielo"),
        (["agua", "gas", "energía"], "agua, gas y energía"),
    ],
)
def test_a_list_reads_as_in_spanish(items: list[str], shown: str) -> None:
    assert lista(items) == shown


@pytest.mark.parametrize(
    ("value", "is_present"), [(None, False), ("", False), ([], False), (0, True), (False, True), ("x", True)]
)
def test_a_field_is_present_when_it_says_something(value: Json, is_present: bool) -> None:
    assert presente(value) is is_present


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [
        (
            "2026-04-01T00:00:00-05:00",
            "martes 31 de marzo de 2026, al final del día",
            "31 mar 2026, al final del día",
        ),
        (
            "2026-03-11T14:05:00-05:00",
            "miércoles 11 de marzo de 2026 a las 2:05 p. m.",
            "11 mar 2026, 2:05 p. m.",
        ),
    ],
)
def test_a_term_of_days_is_good_to_the_end_of_its_last_one(value: str, long: str, short: str) -> None:
    assert [long, short] == [plain(plazo(value)), plain(plazo_corto(value))]
