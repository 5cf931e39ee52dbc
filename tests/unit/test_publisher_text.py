"""Words from outside: a publisher's Markdown is no markup of ours, a greeting guesses no name."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rendering.publisher_text import formato, formato_plano, look_of
from hub.rendering.salutation import salutation
from tests.unit.test_templates import TEMPLATES, Balance, context, examples

ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "h2", "blockquote", "a", "hr"}


@pytest.mark.parametrize(
    ("text", "html", "plain"),
    [
        ("**Jueves** a las 9", "<strong>Jueves</strong> a las 9", "Jueves a las 9"),
        ("- Uno\n- Dos", ">Uno</li>", "- Uno\n- Dos"),
        ("# Qué hacer", ">Qué hacer</h2>", "Qué hacer\n---------"),
        ("Línea uno\nLínea dos", "Línea uno<br>\nLínea dos", "Línea uno\nLínea dos"),
        (
            "[Ver](https://example.com/a)",
            '<a href="https://example.com/a">Ver</a>',
            "Ver (https://example.com/a)",
        ),
    ],
)
def test_paragraphs_lists_headings_bold_and_links_are_formatted(text: str, html: str, plain: str) -> None:
    assert html in formato(text)
    assert plain == formato_plano(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "Hola <img src=x onerror=alert(1)>",
        "![foto](https://example.com/a.png)",
        "[x](javascript:alert(1))",
        "[x](http://example.com)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "```\ncódigo\n```",
        '<https://example.com/"onmouseover=x>',
        "{{ company.name }} {% if x %}",
    ],
)
def test_all_else_is_shown_as_it_is_written(text: str) -> None:
    html = formato(text)

    assert not re.search(r"<(?:script|img|pre|code)|javascript:[^<]*\"|href=\"(?!https://)", html)
    assert "company.name" in html or "{{" not in text


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]


@given(text=st.text(alphabet="abc<>[]()!*_#-`~&\"'\n :/htps.{}%|1.\\", max_size=60))
def test_only_known_tags_come_out_of_any_text(text: str) -> None:
    seen, balance = Tags(), Balance()
    html = str(formato(text))
    seen.feed(html)
    balance.feed(html)

    assert seen.tags <= ALLOWED
    assert all(link.startswith("https://") for link in seen.links)
    assert ([], []) == (balance.faults, balance.open)


def test_a_circular_has_no_paragraph_inside_a_paragraph() -> None:
    for form in ("email", "inbox", "print"):
        html = TEMPLATES.preview("admin.circular.issued", examples("admin.circular.issued")[0])[form].html

        assert "<strong>jueves 19 de marzo</strong>" in html
        assert not re.search(r"<p[^>]*>\s*<(?:p|ul)\b", html)


def test_the_look_of_a_text_is_what_is_sent_without_styles() -> None:
    text = "# Agua\r\n•\tCierre la **llave** <b>hoy</b>"
    sent = re.sub(r' style="[^"]*"', "", formato("# Agua\n- Cierre la **llave** hoy"))

    assert sent == look_of(text)
    assert "<h2>Agua</h2>" in sent


FIRM = "Conjunto Residencial Altos del Rosal"


@pytest.mark.parametrize(
    ("name", "mail", "letter"),
    [
        ("Elvira Rojas", "Hola, Elvira:", "Cordial saludo, Elvira Rojas:"),
        ("Dra. Elvira Rojas", "Hola, Elvira:", "Cordial saludo, Dra. Elvira Rojas:"),
        ("Rojas, Elvira", "Hola, Elvira:", "Cordial saludo, Rojas, Elvira:"),
        (
            "Ana, <espia@example.co>",
            "Hola, Ana,:",
            "Cordial saludo, Ana, <espia@example.co>:",
        ),
        ("Casandra Torres", "Hola, Casandra:", "Cordial saludo, Casandra Torres:"),
        (FIRM, f"Señores {FIRM}:", f"Señores {FIRM}:"),
        ("Consejo de Administración", *["Señores Consejo de Administración:"] * 2),
        ("Rojas e Hijos S.A.S.", *["Señores Rojas e Hijos S.A.S.:"] * 2),
        ("Altos del Rosal P.H.", *["Señores Altos del Rosal P.H.:"] * 2),
        (
            "Familia Rojas Díaz",
            "Hola, Familia Rojas Díaz:",
            "Cordial saludo, Familia Rojas Díaz:",
        ),
        ("Apartamento 302", "Hola:", "Cordial saludo:"),
        ("", "Hola:", "Cordial saludo:"),
    ],
)
def test_each_kind_of_name_has_its_greeting(name: str, mail: str, letter: str) -> None:
    assert (mail, letter) == salutation(name)[1:]


def test_name_that_is_no_persons_has_no_first_word() -> None:
    assert [FIRM, "", "Elvira"] == [salutation(name)[0] for name in (FIRM, "Residente", "Elvira Rojas")]


@pytest.mark.parametrize("locale", ["es", "en"])
def test_mail_greets_a_firm_by_its_whole_name(locale: str) -> None:
    event = "admin.payment.received"
    told = replace(context(event, examples(event)[0]), person=FIRM)
    text = TEMPLATES.render(event, "email", told, variant=None, locale=locale).text

    assert (f"Señores {FIRM}:" if locale == "es" else f"Hello, {FIRM},") in text
