"""The console's list, form and confirmation, from values; and its navigation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import hub.web
from hub.cloudevents.schemas import Schemas
from hub.operations.explain.sentences_es import short_time
from hub.rendering import labels_es
from hub.rendering.sendable_form import Known, sendable_form
from hub.settings import Mode
from hub.web.console.pages import _TEMPLATES
from hub.web.console.shell import GROUPS, SECTIONS
from hub.web.routes import ROUTES
from tests.for_each import for_each

WEB: Final = Path(hub.web.__file__).parent
ICON: Final = re.compile(r"""icon\("(\w+)"\)|symbol="(\w+)\"""")
SYMBOL: Final = re.compile(r'<symbol id="(\w+)"')
NOW: Final = datetime(2026, 3, 9, 13, 47, tzinfo=UTC)
ROW: Final = {"id": "7", "cells": ["Corte <de> agua", "3"], "href": "/posters/7", "name": "Corte de agua"}
CIRCULAR: Final = Schemas.load().by_name["admin.circular.issued"].document
COLUMNS: Final = [("Qué", ""), ("Cuántos", "n")]


def made(source: str, **values: Any) -> str:
    """Return what a page says that writes this with the console's macros."""
    text = '{% import "console/_macros.html" as ui with context %}' + source
    return _TEMPLATES.from_string(text).render(csrf="token", when=short_time, now=NOW, words={}, **values)


def test_row_leads_to_its_page_and_says_its_columns() -> None:
    page = made('{{ ui.rows("Carteles", columns, rows) }}', columns=COLUMNS, rows=[ROW])

    assert '<a class="opens" href="/posters/7">Corte &lt;de&gt; agua</a>' in page
    assert '<td data-label="Cuántos" class="n">3</td>' in page
    assert 'id="r-7"' in page
    assert "checkbox" not in page


def test_figures_of_a_hub_in_capture_say_that_nobody_received_them() -> None:
    source = '{% import "console/_macros.html" as ui with context %}{{ ui.captured() }}'
    said = {
        mode: _TEMPLATES.from_string(source).render(mode=mode, words=labels_es, csrf="", when=short_time)
        for mode in Mode
    }

    assert {Mode.CAPTURE: True, Mode.ALLOWLIST: False, Mode.LIVE: False} == {
        mode: labels_es.CAPTURED_FIGURES in page for mode, page in said.items()
    }


def test_cell_may_be_a_moment() -> None:
    row = {"id": "7", "cells": ["", ""]}
    at = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
    source = '{% set _ = row.update(cells=[ui.moment(at), "1"]) %}{{ ui.rows("x", columns, [row]) }}'

    page = made(source, columns=COLUMNS, row=row, at=at)

    assert (
        '<td data-label="Qué"><time datetime="2026-03-09T13:05:00+00:00" '
        'title="lunes 9 de marzo de 2026, 8:05\u00a0a.\u00a0m.">hace 42 min</time></td>' in page
    )


def test_marked_rows_are_sent_by_the_bar_below_them() -> None:
    page = made(
        '{{ ui.list("Carteles", columns, rows, "", acts=acts, next="/x?after=7", sheet="/x?format=csv") }}',
        columns=COLUMNS,
        rows=[ROW],
        acts=[("Ya se colgaron", "/bulk/hung"), ("Ya se retiraron", "/bulk/taken-down")],
    )

    assert '<input type="checkbox" name="ids" value="7" form="bulk">' in page
    assert "Marcar Corte de agua" in page
    assert '<button class="btn" formaction="/bulk/taken-down">Ya se retiraron</button>' in page
    assert 'href="/x?after=7" rel="next"' in page
    assert 'href="/x?format=csv" download' in page


def test_list_without_rows_says_what_it_is_for() -> None:
    page = made(
        '{{ ui.list("Carteles", columns, [], ui.empty("Ningún cartel", "Los hace…", "/surveys", "Ver")) }}',
        columns=COLUMNS,
    )

    assert "<strong>Ningún cartel</strong>" in page
    assert '<a class="btn line" href="/surveys">Ver</a>' in page
    assert "<table" not in page


def test_question_with_nothing_to_press_does_not_say_that_it_is_not_done() -> None:
    source = '{{ ui.confirm("Cerrar", "Cerrados: 2.", "/x", press, ("/cases", "Volver sin hacerlo")) }}'

    assert '<a class="btn" href="/cases">Volver</a>' in made(source, press="")
    assert "Volver sin hacerlo" in made(source, press="Sí, cerrarlos")


def test_chip_says_that_it_takes_a_filter_out() -> None:
    page = made('{{ ui.chips([("Colgado", "/posters")]) }}{{ ui.chips([]) }}')

    assert 1 == page.count("<ul")
    assert re.search(
        r'<a class="chip on" href="/posters">Colgado<svg.*<span class="unseen">, quitar</span></a>', page
    )


def test_field_says_its_label_its_help_and_what_is_wrong() -> None:
    field = {
        "name": "mail",
        "label": "Correo",
        "kind": "email",
        "value": "a",
        "help": "El suyo",
        "wrong": "Falta la @",
    }

    page = made('{{ ui.form("/people", fields, "Guardar", back=("/people", "Volver")) }}', fields=[field])

    assert '<label for="f-mail">Correo</label>' in page
    assert 'id="f-mail" name="mail" aria-invalid="true" aria-describedby="a-mail" value="a"' in page
    assert '<small id="a-mail"><span class="wrong">Falta la @</span> El suyo</small>' in page
    assert '<button class="btn main">Guardar</button><a class="btn" href="/people">Volver</a>' in page
    assert 'name="csrf" value="token"' in page


@for_each(
    [
        ({"kind": "area", "value": "Hola", "most": 500}, 'maxlength="500">Hola</textarea>'),
        ({"kind": "tick", "value": True}, " checked><span>Uno</span></label>"),
        ({"kind": "number", "value": 3, "least": 1}, 'value="3" min="1"'),
        (
            {"kind": "password", "least": 12, "hint": "new-password"},
            'minlength="12" autocomplete="new-password"',
        ),
        (
            {"kind": "select", "value": "b", "options": [("a", "A"), ("b", "B")]},
            '<option value="b" selected>B</option>',
        ),
        (
            {"kind": "options", "value": "b", "options": [("b", "B")]},
            'name="one" value="b" checked>B</label>',
        ),
        ({"required": True}, 'name="one" required'),
        ({"kind": "markdown", "value": "**Hoy**"}, ' data-editor="markdown">**Hoy**</textarea>'),
        ({"example": "ana"}, 'name="one" placeholder="Por ejemplo: ana"'),
    ]
)
def test_field_is_of_its_kind(field: dict[str, Any], expected: str) -> None:
    assert expected in made("{{ ui.inputs(fields) }}", fields=[{"name": "one", "label": "Uno", **field}])


def test_form_of_an_event_says_faults_at_their_fields_and_folds_what_is_not_needed() -> None:
    source = '{% from "console/_event_form.html" import event_form with context %}'
    known = Known(fills={"copropiedad": "ph-1", "id": "c-1", "audience": "both"})
    new, judged = [
        made(
            f'{source}{{{{ event_form(form, "/look") }}}}', form=sendable_form(CIRCULAR, known, judged=judged)
        )
        for judged in (False, True)
    ]

    assert '<label for="f-data.title">Título</label>' in new
    assert 'id="f-data.body_markdown" name="data.body_markdown" required' in new
    assert 'data-preview="/look"' in new
    assert "<details><summary>Más datos</summary>" in new
    assert ('<span class="wrong">Falta.</span>' in new, judged.count('<span class="wrong">Falta.')) == (
        False,
        2,
    )


def test_question_says_what_happens_and_asks_for_the_name() -> None:
    page = made(
        '{% call ui.confirm("¿Borrar?", "Se borra.", "/x", "Borrar 2", ("/y", "No"), points, typed="ana") %}'
        "<p>más</p>{% endcall %}",
        points=[("Deshacer", "No se puede"), ("Nada", "")],
    )

    assert "<h1>¿Borrar?</h1>" in page
    assert "<dt>Deshacer</dt><dd>No se puede</dd>" in page
    assert "<dt>Nada</dt>" not in page
    assert "<p>más</p>" in page
    assert (
        '<label for="f-typed">Escriba «ana» para seguir</label><input id="f-typed" name="typed" required'
        in page
    )
    assert '<button class="btn danger">Borrar 2</button><a class="btn" href="/y">No</a>' in page


def test_question_that_has_no_answer_any_more_has_no_form() -> None:
    page = made('{{ ui.confirm("¿Borrar?", "Ya no está.", "/x", "", ("/y", "Volver")) }}')

    assert "<form" not in page
    assert '<a class="btn" href="/y">Volver</a>' in page


def test_every_section_stands_once_in_the_navigation_and_leads_to_a_page() -> None:
    paths = [section.path for section in SECTIONS]

    assert len(set(paths)) == len(paths)
    assert {path.partition("?")[0] for path in paths} <= {
        route.path for route in ROUTES if route.method == "GET"
    }
    assert 5 >= 1 + sum(bool(group.icon) for group in GROUPS)


def test_the_sprite_has_every_icon_and_no_other() -> None:
    templates = [*(WEB / "templates/console").glob("*.html"), *(WEB.parent / "desk").glob("*/*.html")]
    pages = "".join(path.read_text("utf-8") for path in templates)
    asked = {one or other for one, other in ICON.findall(pages)}
    asked |= {section.icon for section in SECTIONS} | {group.icon for group in GROUPS if group.icon}

    assert asked == set(SYMBOL.findall((WEB / "static/icons.svg").read_text("utf-8")))


def test_end_of_a_list_is_written_once() -> None:
    written = re.compile(
        r"pager\(next, first[^)]*\) \}\}\s*<p class=\"soft\">\{\{ sheet_link\(sheet[^)]*\) \}\}</p>"
    )
    wrong = [
        str(path.relative_to(WEB.parent))
        for path in WEB.parent.rglob("*.html")
        if written.search(path.read_text(encoding="utf-8"))
    ]

    assert [] == wrong
