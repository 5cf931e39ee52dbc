"""Constants of rendering: words of every message stand in the template when it is compiled."""

from __future__ import annotations

import pytest

from hub.errors import TemplateFailure
from hub.rendering.engine import Engine, Form

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
