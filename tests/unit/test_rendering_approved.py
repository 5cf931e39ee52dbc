"""Texts that a provider has approved, and constants that stand in a compiled template."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidTemplate, TemplateFailure
from hub.model import Rendered
from hub.rendering import Context, Templates
from hub.rendering.approved import LONGEST, Approved
from hub.rendering.compiling import Compiler
from hub.rendering.engine import Engine, Form
from hub.rendering.source import read

COMPILER = Compiler("", "", "", constants={})
DATA = {"radicado": "PQ-1", "at": "2026-03-09T08:05:00-05:00"}


def templates(source: str) -> Templates:
    words = COMPILER.words("caso.abierto", read(source, str))
    for texts in words.values():
        list(texts.compile())
    by_key = {("es", "caso.abierto", variant): texts for variant, texts in words.items()}
    return Templates(by_key, COMPILER.engine.globals, {"name": "COPROSERVICIOS"})


def approved(block: str, name: str = "whatsapp") -> Approved:
    source = f"{{% block {name} %}}{block}{{% endblock %}}"
    ((one, _),) = templates(source).to_approve("caso.abierto", DATA)
    return one


def render(block: str, prelude: str = "", **data: Any) -> Rendered:
    context = Context(
        data=data,
        event_id="e-1",
        event_time=datetime(2026, 3, 9, 13, 5, tzinfo=UTC),
        event_name="caso.abierto",
        person="María Peña",
    )
    source = f"{prelude}{{% block whatsapp %}}{block}{{% endblock %}}"
    return templates(source).render("caso.abierto", "whatsapp", context, variant=None)


def test_the_words_to_approve_have_bare_gaps_and_a_message_has_their_values() -> None:
    block = "\nCaso *{{ radicado }}*\nabierto el {{ at|fecha }}.\n"

    assert "Caso *{{radicado}}*\nabierto el {{at}}." == approved(block).body
    assert render(block, **DATA) == Rendered(
        text="Caso *PQ-1*\nabierto el lunes 9 de marzo de 2026.",
        template="caso_abierto",
        parameters=(("radicado", "PQ-1"), ("at", "lunes 9 de marzo de 2026")),
    )


def test_conditional_value_is_set_before_the_blocks() -> None:
    prelude = '{% set lugar = a or "su copropiedad" %}'

    assert "En su copropiedad." == render("En {{ lugar }}.", prelude, a="").text
    assert "En la torre 2." == render("En {{ lugar }}.", prelude, a="la torre 2").text


def test_a_part_of_a_value_is_named_by_both() -> None:
    assert (("person_first_name", "María"),) == render("Hola, {{ person.first_name }}.").parameters


def test_an_audience_of_its_own_has_a_template_of_its_own() -> None:
    assert "caso_abierto_desk" == approved("Caso {{ radicado }}.", name="desk_whatsapp").name


def test_a_value_that_looks_like_a_gap_stays_a_value() -> None:
    assert "Uno {{b}} y dos." == render("Uno {{ a }} y {{ b }}.", a="{{b}}", b="dos").text


@given(st.text())
def test_a_value_is_one_line_without_wide_gaps(value: str) -> None:
    try:
        ((_, filled),) = render("Uno: {{ a }}.", a=value).parameters
    except TemplateFailure:
        assert not value.strip() or not value.isprintable()
        return

    assert filled == filled.strip() != ""
    assert not any(mark in filled for mark in "\n\r\t\x00\u2028")
    assert "  " not in filled


@pytest.mark.parametrize("value", ["", " \n\t", "\u2028"])
def test_an_empty_gap_is_a_failure_that_names_it(value: str) -> None:
    with pytest.raises(TemplateFailure, match=r"caso\.abierto\.whatsapp\.a is empty"):
        render("Uno {{ a }}.", a=value)


def test_a_missing_value_is_named() -> None:
    with pytest.raises(TemplateFailure, match="a is missing"):
        render("Uno {{ a }}.")


def test_event_without_the_block_has_no_whatsapp_text() -> None:
    context = Context(data={}, event_id="e", event_time=datetime.now(UTC), event_name="caso.abierto")

    with pytest.raises(TemplateFailure, match="whatsapp needs whatsapp"):
        templates("{% block sms %}Hola.{% endblock %}").render(
            "caso.abierto", "whatsapp", context, variant=None
        )


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("Uno {% if a %}dos{% endif %}.", "only names with filters"),
        ("Uno {{ 'dos' }}.", "only names with filters"),
        ("Uno {{ a ~ b }}.", "only names with filters"),
        ("Uno {{ A }}.", "only names with filters"),
        ("Uno {{ a }} y {{ a|upper }}.", "stands there twice"),
        ("{{ a }} uno.", "begins and ends"),
        ("Uno {{ a }}", "begins and ends"),
        ("Uno {{ a }}\n", "begins and ends"),
        ("x" * (LONGEST + 1), "characters"),
        (" ", "characters"),
    ],
)
def test_block_that_cannot_be_approved_does_not_compile(block: str, complaint: str) -> None:
    with pytest.raises(InvalidTemplate, match=complaint):
        templates(f"{{% block whatsapp %}}{block}{{% endblock %}}")


COMPANY = {"name": "Aseo & Hijos", "phone": "", "site": "https://hub.example"}


def text(source: str) -> Form:
    return Engine({"company": COMPANY, "two_way": True}).text("a/sms", lambda: source)


def html(source: str) -> Form:
    return Engine({"company": COMPANY, "two_way": True}).html("a.body", lambda: source)


def test_a_constant_needs_no_variable() -> None:
    assert text("De {{ company.name }}").render({}) == "De Aseo & Hijos"


def test_a_constant_is_escaped_in_html() -> None:
    assert html("<b>{{ company.name }}</b>").render({}) == "<b>Aseo &amp; Hijos</b>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% if two_way %}Responda{% else %}Llame{% endif %}.", "Responda."),
        ("{% if company.phone %}Llame{% elif two_way %}Responda{% else %}-{% endif %}.", "Responda."),
        ("{% if company.phone %}a{% elif not two_way %}b{% endif %}.", "."),
        ("{% if company.phone %}a{% elif urgent %}b{% elif two_way %}c{% else %}d{% endif %}.", "c."),
        ("{% if urgent and company.phone %}a{% else %}b{% endif %}.", "b."),
        ("{% if urgent %}a{% elif company.site %}{{ company.site }}{% endif %}.", "https://hub.example."),
    ],
)
def test_a_decided_condition_becomes_its_branch(source: str, expected: str) -> None:
    assert text(source).render({"urgent": False}) == expected


def test_a_template_may_set_a_variable_of_the_same_name() -> None:
    assert text("{% set two_way = 'no' %}{{ two_way }}").render({}) == "no"
    assert text("{% for two_way in (1, 2) %}{{ two_way }}{% endfor %}").render({}) == "12"


@pytest.mark.parametrize("source", ["{{ company.fax }}", "{% if company.fax %}Fax{% endif %}"])
def test_a_missing_part_of_a_constant_fails_the_message_not_the_start(source: str) -> None:
    form = text(source)
    _ = form.compiled

    with pytest.raises(TemplateFailure, match="fax is missing"):
        form.render({})
