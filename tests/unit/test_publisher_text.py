"""A publisher's own Markdown: some of it is formatted, nothing of it becomes markup of ours."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rendering.publisher_text import formato, formato_plano, look_of
from tests.unit.test_templates import TEMPLATES, Balance, examples

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
