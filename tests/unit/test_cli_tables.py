"""What commands print, and the events that they read."""

from __future__ import annotations

from contextvars import copy_context
from datetime import UTC, date, datetime
from typing import Any

import pytest
import typer
from rich.console import Console

from hub.cli.indicators import SURVEY_COLUMNS, as_period, renewal_words
from hub.cli.publish import SOURCE, Missing, complete, full_type, read_documents
from hub.doors import terminal
from hub.errors import InvalidEvent
from hub.rendering.figures_es import FEW, hours, percent
from hub.sla.indicator_rows import RenewalRate, SurveyFigures

ID = "01a2301a-4e65-8640-a36d-60de6e5eac19"
EVENT = "maintenance.scheduled.announced"
WIDTH = 80


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "console", lambda: Console(highlight=False, width=WIDTH))


def test_words_are_wrapped_and_an_id_stays_whole(capsys: pytest.CaptureFixture[str]) -> None:
    subject = "Sin agua el sábado 5 de diciembre de 2026 por el lavado de los tanques"
    terminal.print_table(["subject", "state", "id"], [(subject, "open", ID)])
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].split() == ["subject", "state", "id"]
    assert ID in lines[1]
    assert all(len(line) <= WIDTH for line in lines)
    assert subject.split() == [word for word in " ".join(lines[1:]).split() if word not in {"open", ID}]
    assert len(lines) > 2


@pytest.mark.parametrize(("is_spanish", "words"), [(False, "None.\n"), (True, "Nada.\n")])
def test_a_table_without_rows_says_so_in_the_language_of_its_command(
    capsys: pytest.CaptureFixture[str], *, is_spanish: bool, words: str
) -> None:
    def show() -> None:
        terminal.SPANISH.set(is_spanish)
        terminal.print_table(["id"], [])

    copy_context().run(show)

    assert words == capsys.readouterr().err


def test_rows_that_are_too_wide_come_as_blocks(capsys: pytest.CaptureFixture[str]) -> None:
    row = ("2026-12-01 01:01:04", "", EVENT, "p-elvira-rojas", ID)
    terminal.print_table(["made", "guide", "event", "person", "id"], [row, row])

    block = [
        "made    2026-12-01 01:01:04",
        f"event   {EVENT}",
        "person  p-elvira-rojas",
        f"id      {ID}",
    ]
    assert [*block, "", *block] == capsys.readouterr().out.splitlines()


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


NOW = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
FULL = "co.coproservicios.pqrs.received.v1"


def missing(kind: str | None = None) -> Missing:
    return Missing(type=kind, source=SOURCE, now=lambda: NOW, new_id=lambda: "new-id")


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\n\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{\n  "a": 1\n}\n', [{"a": 1}]),
        ("[]", []),
    ],
)
def test_a_file_is_one_event_an_array_or_one_on_each_line(text: str, documents: list[Any]) -> None:
    assert read_documents(text) == documents


@pytest.mark.parametrize(
    ("text", "reason"), [("{", "not JSON"), ("", "not JSON"), ('{"a": 1}\n{"a":\n', "line 2 is not JSON")]
)
def test_what_is_not_json_says_where(text: str, reason: str) -> None:
    with pytest.raises(InvalidEvent, match=reason):
        read_documents(text)


def test_data_alone_becomes_an_event() -> None:
    assert complete({"radicado": "1"}, missing("pqrs.received")) == {
        "specversion": "1.0",
        "id": "new-id",
        "source": SOURCE,
        "type": FULL,
        "time": NOW.isoformat(),
        "datacontenttype": "application/json",
        "data": {"radicado": "1"},
    }


def test_what_an_event_says_itself_stays() -> None:
    event = {"specversion": "1.0", "id": "mine", "source": "urn:x", "type": FULL, "time": "t", "data": {}}

    assert complete(event, missing("pqrs.closed")) == {**event, "datacontenttype": "application/json"}


def test_data_with_a_field_called_type_or_id_is_still_data() -> None:
    data = {"type": "queja", "id": "7"}

    event = complete(data, missing("pqrs.received"))

    assert (event["data"], event["type"], event["id"]) == (data, FULL, "new-id")


def test_an_event_may_name_its_type_shortly() -> None:
    assert complete({"type": "pqrs.received", "data": {}}, missing())["type"] == FULL


def test_a_directory_event_keeps_its_own_dots() -> None:
    assert full_type("directory.person.upserted") == "co.coproservicios.directory.person.upserted.v1"


@pytest.mark.parametrize("document", [{"radicado": "1"}, {"data": {}}])
def test_without_a_type_it_asks_which_event_it_is(document: Any) -> None:
    with pytest.raises(InvalidEvent, match="--type") as caught:
        complete(document, missing())

    assert caught.value.field == "type"


@pytest.mark.parametrize("document", [7, None, "text", [1]])
def test_an_event_is_an_object(document: Any) -> None:
    with pytest.raises(InvalidEvent, match="JSON object"):
        complete(document, missing("pqrs.received"))
