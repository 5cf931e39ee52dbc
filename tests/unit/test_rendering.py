"""Markdown, Jinja, HTML and personal data in one text never change each other."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hub.rendering
from hub.errors import InvalidTemplate, TemplateFailure
from hub.model import Json, Rendered
from hub.policy import load_policy
from hub.policy.values import Prefix
from hub.rendering import Context, Templates, Texting, engine
from hub.rendering.compiling import Compiler
from hub.rendering.source import read

BARE = Texting(prefix=Prefix.NONE)
COMPANY = {"name": "COPROSERVICIOS S.A.S.", "phone": "", "email": "", "site": "https://example.co"}


def context(data: dict[str, Any], *, person: str = "María Peña", building: str | None = None) -> Context:
    return Context(
        data=data,
        event_id="e-1",
        event_time=datetime(2026, 3, 9, 13, 5, tzinfo=UTC),
        event_name="prueba",
        person=person,
        building=building,
    )


def write(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, "utf-8")


def load(folder: Path) -> Templates:
    return Templates.load(folder, company=COMPANY, clocks=load_policy().clocks, texting=BARE)


def only(source: str, **parts: str) -> Templates:
    """Compile one file without the built-in ones, which are slow."""
    words = COMPILER.words("prueba", read(source, parts.__getitem__))
    for texts in words.values():
        list(texts.compile())
    return Templates(
        {("es", "prueba", variant): texts for variant, texts in words.items()},
        COMPILER.engine.globals,
        COMPANY,
        BARE,
    )


def render(body: str, prelude: str = "", **data: Any) -> Rendered:
    """Render a body: the HTML for the inbox, and the text."""
    source = f"{prelude}{{% block subject %}}Asunto{{% endblock %}}{{% block body %}}{body}{{% endblock %}}"
    return only(source).render("prueba", "inbox", context(data), variant=None)


def tags(html: str) -> int:
    """Count the brackets that open a tag, without the span that keeps the number of a case on one line."""
    return html.count("<") - 2 * html.count('<span style="white-space:nowrap">')


def squeezed(html: str) -> str:
    return re.sub(r"\s*\n\s*", "", html).replace("> <", "><").strip()


class TestMarkdownWithJinja:
    def test_a_variable_can_be_emphasised(self) -> None:
        rendered = render(
            "Su caso **{{ radicado }}** y *{{ a_b }}_{{ c }}*.", radicado="1042", a_b="x", c="y"
        )

        assert rendered.html == "<p>Su caso <strong>1042</strong> y <em>x_y</em>.</p>"
        assert rendered.text == "Su caso 1042 y x_y.\n"

    def test_a_link_may_have_a_variable_address(self) -> None:
        rendered = render("Puede [ver la respuesta]({{ url|enlace }}) hoy.", url="https://x.co/a?b=1&c=2")

        assert rendered.html == '<p>Puede <a href="https://x.co/a?b=1&amp;c=2">ver la respuesta</a> hoy.</p>'
        assert rendered.text == "Puede ver la respuesta (https://x.co/a?b=1&c=2) hoy.\n"

    def test_a_link_alone_becomes_a_button(self) -> None:
        rendered = render("[Ver]({{ url|enlace }})", url="https://x.co/")

        assert rendered.html == '<p class="boton"><a href="https://x.co/">Ver</a></p>'

    def test_part_of_an_address_may_be_a_variable_or_a_condition(self) -> None:
        rendered = render("[a](https://x.co/{{ id }}{% if b %}?b={{ b }}{% endif %})", id="7", b="ñ")

        assert rendered.html == '<p class="boton"><a href="https://x.co/7?b=ñ">a</a></p>'

    def test_a_table_may_have_a_loop_over_rows(self) -> None:
        body = (
            "| Mes | Valor |\n|---|---|\n{% for c in cs %}\n| {{ c.mes }} | {{ c.v }} |\n{% endfor %}\n\nFin."
        )
        rendered = render(body, cs=[{"mes": "Enero", "v": 1}, {"mes": "Marzo", "v": 2}])

        assert squeezed(rendered.html) == (
            "<table><thead><tr><th>Mes</th><th>Valor</th></tr></thead><tbody>"
            "<tr><td>Enero</td><td>1</td></tr><tr><td>Marzo</td><td>2</td></tr></tbody></table><p>Fin.</p>"
        )
        assert rendered.text == "Enero: 1\nMarzo: 2\n\nFin.\n"

    def test_a_wide_table_keeps_its_bars_in_the_text(self) -> None:
        rendered = render("| A | B | C |\n|---|---|---|\n{% if x %}| {{ x }} | 2 | 3 |{% endif %}", x="1")

        assert rendered.text == "A | B | C\n1 | 2 | 3\n"
        assert squeezed(rendered.html).endswith("<tr><td>1</td><td>2</td><td>3</td></tr></tbody></table>")

    def test_a_table_without_a_head_is_a_list_of_facts(self) -> None:
        rendered = render("| | |\n|---|---|\n| Radicado | **{{ r }}** |\n", r="1042")

        assert squeezed(rendered.html) == (
            '<table class="datos"><tbody><tr><th scope="row">Radicado</th>'
            "<td><strong>1042</strong></td></tr></tbody></table>"
        )
        assert rendered.text == "Radicado: 1042\n"

    @pytest.mark.parametrize("number", ["PQ-2026-000123", "A-1", "2026/14-B", "ACTA-2026-07"])
    def test_the_number_of_a_case_stays_on_one_line_and_is_plain_text(self, number: str) -> None:
        rendered = render("Su caso es **{{ radicado }}**.", radicado=number)

        kept = f'<span style="white-space:nowrap">{number}</span>'
        assert rendered.html == f"<p>Su caso es <strong>{kept}</strong>.</p>"
        assert rendered.text == f"Su caso es {number}.\n"

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("1042", "1042"),
            ("dos - tres", "dos - tres"),
            ("A" * 20 + "-" + "1" * 12, "A" * 20 + "-" + "1" * 12),
            ("a-<b>", "a-&lt;b&gt;"),
            (-5, "-5"),
        ],
    )
    def test_what_is_no_such_number_or_a_long_one_may_break(self, value: Json, shown: str) -> None:
        assert render("{{ x }}", x=value).html == f"<p>{shown}</p>"

    @pytest.mark.parametrize(("shown", "items"), [(True, ["a", "b", "c"]), (False, ["a", "c"])])
    def test_a_condition_may_stand_around_a_list_item(self, shown: bool, items: list[str]) -> None:
        rendered = render("- a\n{% if shown %}\n- b\n{% endif %}\n- c\n", shown=shown)

        assert squeezed(rendered.html) == f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
        assert rendered.text == "".join(f"- {item}\n" for item in items)

    def test_else_and_loops_may_stand_around_items_of_several_lines(self) -> None:
        body = "1. uno\n{% for x in xs %}\n2. {{ x }}\n   sigue\n{% else %}\n2. nada\n{% endfor %}\n"

        assert render(body, xs=[]).text == "- uno\n- nada\n"
        assert render(body, xs=["a"]).text == "- uno\n- a\n  sigue\n"
        assert (
            squeezed(render(body, xs=["a", "b"]).html)
            == "<ol><li>uno</li><li>asigue</li><li>bsigue</li></ol>"
        )

    def test_a_condition_inside_an_item_stays_inside(self) -> None:
        rendered = render("- {% if x %}sí{% endif %} o no\n- {{ y }}", x=False, y=2)

        assert squeezed(rendered.html) == "<ul><li> o no</li><li>2</li></ul>"

    def test_a_condition_on_its_own_line_holds_whole_paragraphs(self) -> None:
        body = "Uno\n{% if x %}\nDos **{{ x }}**\n{% endif %}\nTres"

        assert squeezed(render(body, x=0).html) == "<p>Uno</p><p>Tres</p>"
        assert squeezed(render(body, x=1).html) == "<p>Uno</p><p>Dos <strong>1</strong></p><p>Tres</p>"
        assert render(body, x=1).text == "Uno\n\nDos 1\n\nTres\n"

    def test_a_condition_at_the_start_of_a_line_leaves_markdown_working(self) -> None:
        rendered = render("{% if x %}**sí**{% else %}_no_{% endif %}, gracias.", x=True)

        assert rendered.html == "<p><strong>sí</strong>, gracias.</p>"

    def test_a_pipe_of_a_filter_does_not_end_a_cell(self) -> None:
        rendered = render("| A | B |\n|---|---|\n| {{ x|default('a|b') }} | 2 |\n")

        assert "<td>a|b</td>" in rendered.html

    def test_headings_quotes_rules_and_code_have_a_plain_form(self) -> None:
        rendered = render("# Título\n\n> {{ cita }}\n\n---\n\n`{{ x }}` <br> fin\n", cita="Uno", x=1)

        assert rendered.text == f"Título\n------\n\n> Uno\n\n{'-' * 40}\n\n1 \n fin\n"

    def test_an_included_part_may_hold_rows(self) -> None:
        subject, body = "{% block subject %}Asunto{% endblock %}", '| | |\n|---|---|\n{% include "fila" %}'
        rendered = only(
            f"{subject}{{% block body %}}{body}{{% endblock %}}", fila="| Radicado | {{ r }} |\n"
        ).render("prueba", "inbox", context({"r": "PQ-1"}), variant=None)

        assert rendered.text == "Radicado: PQ-1\n"

    def test_what_is_set_before_the_blocks_is_known_in_each(self) -> None:
        assert (
            render("{{ clases[k]|default('otra') }}", '{% set clases = {"a": "una"} %}', k="a").text
            == "una\n"
        )

    def test_raw_jinja_is_shown_as_it_is(self) -> None:
        assert render("{% raw %}{{ x }}{% endraw %}").text == "{{ x }}\n"


class TestDataStaysData:
    @pytest.mark.parametrize(
        "name",
        [
            "<b>x</b>",
            "*x*",
            "[x](javascript:alert(1))",
            "{{ 7 * 7 }}",
            "{% raw %}",
            "zq0qz",
            "⟦0⟧",
            "| a |",
            "# x",
        ],
    )
    def test_markup_in_a_name_is_literal(self, name: str) -> None:
        rendered = render("| A | B |\n|---|---|\n| {{ n }} | {{ n }} |\n\nHola {{ n }}", n=name)
        escaped = name.replace("<", "&lt;").replace(">", "&gt;")

        assert rendered.html.count(escaped) == 3
        assert "<b>" not in rendered.html
        assert "<em>" not in rendered.html
        assert "href" not in rendered.html
        assert rendered.text == f"{name}: {name}\n\nHola {name}\n"

    @given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"])))
    def test_no_name_ever_makes_a_tag(self, name: str) -> None:
        rendered = BUILT_IN.render("pqrs.received", "email", context({**PQRS, "subject": name}), variant=None)
        plain = BUILT_IN.render("pqrs.received", "email", context(PQRS), variant=None)

        assert tags(rendered.html) == tags(plain.html)

    @pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "\u202e"])
    def test_a_subject_is_one_line_with_any_data(self, break_: str) -> None:
        source = "{% block subject %}Hola {{ x }}{% endblock %}{% block body %}.{% endblock %}"
        rendered = only(source).render("prueba", "email", context({"x": f"a{break_}Bcc: b"}), variant=None)

        assert rendered.subject == "Hola a Bcc: b"

    @pytest.mark.parametrize(
        "url",
        ["javascript:alert(1)", "http://x.co", "https://", "https://a b", 'https://x.co/"onclick=', 7, None],
    )
    def test_only_an_https_address_becomes_a_link(self, url: object) -> None:
        with pytest.raises(TemplateFailure, match=r"^prueba\.body: enlace: not an https address$"):
            render("[ver]({{ url|enlace }})", url=url)

    def test_of_the_links_in_clear_only_the_hubs_own_is_one(self) -> None:
        """On this machine, where `Settings.links_url` gives it one; what a publisher says is https."""
        here = "http://127.0.0.1:8080/mi/x"
        source = (
            "{% block subject %}a{% endblock %}{% block body %}[Ver]({{ own_page|enlace }}){% endblock %}"
        )
        own = replace(context({}), own_page_url=here)

        assert here in only(source).render("prueba", "inbox", own, variant=None).html
        with pytest.raises(TemplateFailure):
            render("[ver]({{ url|enlace }})", url=here)

    def test_names_of_the_hub_override_the_data(self) -> None:
        rendered = render(
            "{{ person.name }} {{ company.name }} {{ event.id }}",
            person="x",
            company={"name": "y"},
            event="z",
        )

        assert rendered.text == "María Peña COPROSERVICIOS S.A.S. e-1\n"

    def test_the_sandbox_holds(self) -> None:
        with pytest.raises(TemplateFailure):
            render("{{ ''.__class__.__mro__[1].__subclasses__() }}")


class TestFailures:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("{{ radicado }}", "prueba.body: radicado is missing"),
            ("{{ radicado|fecha }}", "prueba.body: radicado is missing"),
            ("{{ radicado|pesos }}", "prueba.body: radicado is missing"),
            ("{{ radicado|nombre }}", "prueba.body: radicado is missing"),
            ("{{ radicado|lista }}", "prueba.body: radicado is missing"),
            ("{{ persona.cedula }}", "prueba.body: cedula is missing"),
            ("{{ tabla[secreto] }}", "prueba.body: a part of a variable is missing"),
            ("{{ secreto|fecha }}", "prueba.body: not a date and time"),
            ("{{ secreto|pesos }}", "prueba.body: pesos: not an amount"),
            ("{{ 1 + secreto }}", "prueba.body: TypeError"),
        ],
    )
    def test_failure_names_the_missing_variable_and_never_a_value(self, body: str, message: str) -> None:
        with pytest.raises(TemplateFailure) as caught:
            render(body, secreto="79.123.456", persona={"nombre": "79.123.456"}, tabla={})

        assert str(caught.value) == message
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__

    @pytest.mark.parametrize(
        ("event", "channel", "variant", "message"),
        [
            ("nada", "email", None, "no template for nada"),
            ("pqrs.received", "email", "nadie", "no template for pqrs.received/nadie"),
            ("pqrs.received", "paloma", None, "pqrs.received: no template for paloma"),
            ("pqrs.received", "sms", "staff", "pqrs.received/staff: sms needs sms"),
        ],
    )
    def test_text_of_another_audience_is_never_used(
        self, event: str, channel: str, variant: str | None, message: str
    ) -> None:
        with pytest.raises(TemplateFailure) as caught:
            BUILT_IN.render(event, channel, context(PQRS), variant=variant)

        assert str(caught.value) == message

    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ("{% block body %}{{ x {% endblock %}", "is not closed"),
            ("{% block body %}{{ x ) }}{% endblock %}", "line 1: unexpected"),
            ("{% block body %}{{ x|nada }}{% endblock %}", "No filter named 'nada'"),
            ("{% block body %}{% if x %}{% endblock %}", "prueba.body"),
            ("{% block cuerpo %}{% endblock %}", "no block is called cuerpo"),
            ("{% block body %}{% block sms %}{% endblock %}{% endblock %}", "block sms: nested"),
            ("{% block sms %}{% endblock %}{% block sms %}{% endblock %}", "block sms: nested, twice"),
            ("Hola {% block body %}{% endblock %}", "text outside the blocks"),
            ('{% include "circle" %}', "includes go in a circle"),
            ("{% block body %}{% macro f() %}| a |{% endmacro %}{% endblock %}", "macro makes no Markdown"),
            ("{% block body %}⟦0⟧{% endblock %}", "not for templates"),
            ("{% block body %}[ver]({{ url }}){% endblock %}", "needs the filter enlace"),
            ('{% block body %}<a href="{{ url }}">x</a>{% endblock %}', "needs the filter enlace"),
            ("{% block body %}<{{ x }}>{% endblock %}", "data may not stand in a tag"),
            ("{% block body %}<p {{ x }}>a</p>{% endblock %}", "data may not stand in a tag"),
            ("{% block body %}<script>{{ x }}</script>{% endblock %}", "data may not stand in a tag"),
        ],
    )
    def test_a_bad_template_is_refused(self, source: str, reason: str) -> None:
        with pytest.raises(InvalidTemplate, match=re.escape(reason)):
            only(source, circle='{% include "circle" %}')

    @pytest.mark.parametrize(
        ("path", "source", "reason"),
        [
            ("es/aviso.j2", "{% block cuerpo %}{% endblock %}", "es/aviso.j2: no block is called cuerpo"),
            ("es/aviso.j2", '{% include "nada.j2" %}', "es/aviso.j2: es/nada.j2: there is no such file"),
            ("es/aviso.j2", "{% block sms %}{% if %}{% endblock %}", r"es/aviso.j2: aviso.sms, line 1: .*"),
            ("es/_saludo.j2", "{{ person.name | nada }}", r"es/.*\.j2: .*: No filter named 'nada'\."),
            ("layouts/email.html", "{{ unit_line }}{% if %}", r"(?:es|en)/.*\.j2: .*\.body, line 1: .*"),
            ("layouts/email.txt", "{% if %}", r"(?:es|en)/.*\.j2: layout, line 1: .*"),
            ("layouts/letter.html", "{{ unit_line }}{% if %}", r"(?:es|en)/.*\.j2: .*\.body, line 1: .*"),
            ("layouts/poster.html", "[[body]]{% if %}", r"(?:es|en)/.*\.j2: .*\.board, line \d+: .*"),
        ],
    )
    def test_a_bad_file_is_refused_at_load_by_its_name(
        self, tmp_path: Path, path: str, source: str, reason: str
    ) -> None:
        write(tmp_path, path, source)

        with pytest.raises(InvalidTemplate) as caught:
            load(tmp_path)

        assert re.fullmatch(reason, str(caught.value))

    def test_built_in_templates_compile_on_first_use(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        compiling = Mock(wraps=engine._compile)
        monkeypatch.setattr(engine, "_compile", compiling)
        write(tmp_path, "es/prueba.j2", "{% block sms %}Hola{% endblock %}")
        templates = load(tmp_path)
        at_load = {call.args[1].partition(".")[0] for call in compiling.call_args_list}
        templates.render("pqrs.received", "sms", context(PQRS), variant=None)
        compiled = {call.args[1] for call in compiling.call_args_list}

        assert at_load == {"prueba"}
        assert "pqrs.received.sms" in compiled

    def test_what_an_emergency_says_can_be_compiled_before_it_is_needed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        templates = load(tmp_path)
        list(templates.compile_urgent())
        monkeypatch.setattr(engine, "_compile", Mock(side_effect=AssertionError))

        assert templates.preview("emergency.declared", EMERGENCY)


class TestForms:
    def test_the_email_has_the_layout_and_the_inbox_has_not(self) -> None:
        email = BUILT_IN.render("pqrs.received", "email", context(PQRS), variant=None)
        inbox = BUILT_IN.render("pqrs.received", "inbox", context(PQRS), variant=None)

        assert email.html.startswith('<!DOCTYPE html><html lang="es-CO">')
        assert "Puede responder a este correo" in email.html
        assert "Puede responder a este correo" in email.text
        assert inbox.html.startswith("<p>Hola, María:</p>")
        assert email.text.startswith(inbox.text.rstrip())
        assert email.subject == inbox.subject == "Recibimos su petición: radicado PQ-1"

    def test_the_styles_are_in_the_elements(self) -> None:
        email = BUILT_IN.render("pqrs.received", "email", context(PQRS), variant=None)

        assert '<p style="margin:0 0 16px">Hola, María:</p>' in email.html
        assert email.html.count("<style>") == 1

    def test_push_without_its_own_texts_uses_subject_and_sms(self) -> None:
        source = "{% block subject %}Asunto{% endblock %}{% block sms %}Aló{% endblock %}"
        rendered = only(source).render("prueba", "push", context({}), variant=None)

        assert rendered == Rendered(subject="Asunto", text="Aló")

    def test_an_sms_is_written_in_gsm7_and_read_aloud_with_its_accents(self) -> None:
        templates = only("{% block sms %}\n  {{ person.first_name }}:\n  año “nuevo”…\n{% endblock %}")
        jesus = context({}, person="JESU\u0301S PEN\u0303A")

        assert templates.render("prueba", "sms", jesus, variant=None) == Rendered(
            text='Jesus: año "nuevo"...'
        )
        assert templates.render("prueba", "voice", jesus, variant=None).text.endswith("año “nuevo”…")

    def test_a_folder_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidTemplate, match="there is no such folder"):
            load(tmp_path / "plantillas")

    def test_a_folder_replaces_file_by_file(self, tmp_path: Path) -> None:
        write(tmp_path, "es/pqrs.closed.j2", "{% block sms %}Otro texto{% endblock %}")
        templates = load(tmp_path)

        assert templates.render("pqrs.closed", "sms", context({}), variant=None).text == "Otro texto"
        assert templates.render("pqrs.received", "email", context(PQRS), variant=None).subject

    def test_a_folder_may_replace_a_part_that_built_in_files_include(self, tmp_path: Path) -> None:
        # One that few include: all of those are compiled.
        write(tmp_path, "es/_en_resumen.j2", "Aviso: {{ uno.title }}.")
        data = {"items": [{"title": "Corte de agua"}]}
        rendered = load(tmp_path).render("resident.digest.ready", "email", context(data), variant=None)

        assert "\nAviso: Corte de agua.\n" in rendered.text

    def test_an_unknown_locale_reads_spanish(self, tmp_path: Path) -> None:
        write(tmp_path, "es/prueba.j2", "{% block sms %}Hola{% endblock %}")
        write(tmp_path, "en/prueba.j2", "{% block sms %}Hi{% endblock %}")
        templates = load(tmp_path)
        rendered = {
            locale: templates.render("prueba", "sms", context({}), variant=None, locale=locale).text
            for locale in ("en", "en-US", "fr", "es-CO")
        }

        assert rendered == {"en": "Hi", "en-US": "Hi", "fr": "Hola", "es-CO": "Hola"}

    def test_a_nameless_person_is_greeted_without_a_gap(self) -> None:
        rendered = BUILT_IN.render("pqrs.received", "email", context(PQRS, person=""), variant=None)

        assert rendered.text.startswith("Hola:\n")


PQRS = {
    "pqrs_id": "p-1",
    "radicado": "PQ-1",
    "kind": "peticion",
    "entry_channel": "web",
    "received_at": "2026-03-09T08:05:00-05:00",
    "service_area": "administracion",
    "subject": "Acta",
}
SCHEMAS = Path(hub.rendering.__file__).parents[2] / "schemas"
EMERGENCY = json.loads((SCHEMAS / "emergency.declared.v1.json").read_text("utf-8"))["examples"][0]
LAYOUTS = Path(hub.rendering.__file__).parents[1] / "templates" / "layouts"
COMPILER = Compiler(
    *((LAYOUTS / name).read_text("utf-8") for name in ("email.html", "email.txt", "letter.html")),
    constants={},
)
BUILT_IN = Templates.load(company=COMPANY, clocks=load_policy().clocks)
