"""The frame of a mail, with every example: the same words in both parts, one button, nothing remote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import product

import pytest

from hub.contact_rules.opt_out_words import command
from hub.model import Rendered
from hub.rendering.context import INITIAL
from tests.for_each import for_each
from tests.unit.test_templates import COMPANY, DUE, SPEAKING, TEMPLATES, examples

_VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta"}
_HIDDEN = {"style", "title", "head"}
_NUMBER = re.compile(r"^\s*\d+\. ", re.MULTILINE)
_WORD = re.compile(r"https?://\S+?(?=[\s)]|$)|\w+")


class Shown(HTMLParser):
    """The text that a reader of the HTML sees, with the address of each link after its words."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.buttons = 0
        self.remote: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._link = ""
        self._start = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.remote += [given[name] for name in ("src", "background") if name in given]
        if tag == "p" and given.get("class") == "boton":
            self.buttons += 1
        if tag == "a":
            self._link, self._start = given.get("href", "").removeprefix("mailto:"), len(self.parts)
        if tag in _VOID:
            self.parts.append(" ")
            return
        hidden = tag in _HIDDEN or given.get("class") == "adelanto"
        self._open.append((tag, hidden or (bool(self._open) and self._open[-1][1])))
        self.parts.append("" if tag in {"a", "strong", "em", "span"} else " ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            words = "".join(self.parts[self._start :]).strip()
            if self._link.removeprefix("https://") == words:
                # The text has the address alone.
                self.parts[self._start :] = []
            if self._link != words or self._link.startswith("http"):
                self.parts.append(f" {self._link} ")
        self._open.pop()
        self.parts.append("" if tag in {"a", "strong", "em", "span"} else " ")

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.parts.append(data)


def shown(html: str) -> Shown:
    parser = Shown()
    parser.feed(html)
    return parser


def mails(event: str) -> Iterator[tuple[str, Rendered]]:
    yield from _mails(event)


@cache
def _mails(event: str) -> tuple[tuple[str, Rendered], ...]:
    """As `preview` has them, without its other channels, of which a letter alone takes longer."""
    found = []
    for example, locale, key in product(examples(event), ("es", "en"), TEMPLATES.words):
        if key[:2] == (locale, event) and "email" in TEMPLATES.channels(key):
            form = "/".join(part for part in (locale.removeprefix("es"), key[2], "email") if part)
            found.append((form, TEMPLATES.try_out(key, "email", example, DUE, occasion=INITIAL)))
    return tuple(found)


def words_of(text: str) -> Counter[str]:
    return Counter(word.rstrip(".,") for word in _WORD.findall(text))


@for_each(SPEAKING)
def test_plain_text_of_a_mail_has_the_words_of_its_html(event: str) -> None:
    for form, words in mails(event):
        seen, text = words_of("".join(shown(words.html).parts)), words_of(_NUMBER.sub("", words.text))

        assert (form, Counter(), Counter()) == (form, seen - text, text - seen)


@for_each(SPEAKING)
def test_mail_has_one_button_at_most_and_loads_nothing(event: str) -> None:
    for form, words in mails(event):
        seen = shown(words.html)

        assert (form, []) == (form, seen.remote)
        assert (form, True) == (form, seen.buttons <= 1)
        assert not re.search(r"url\(|@import|@font-face", words.html)


@for_each(SPEAKING)
def test_mail_that_comes_back_whole_opts_nobody_out(event: str) -> None:
    """A mail program may quote it without a mark: its sentences are ours, not the reader's."""
    for form, words in mails(event):
        assert (form, None) == (form, command(words.text))


def test_preheader_is_hidden_by_no_style_of_its_own() -> None:
    """Filters call small, transparent or low-contrast text invisible, and count it as spam."""
    html = TEMPLATES.preview("pqrs.received", examples("pqrs.received")[0])["email"].html
    style = re.search(r'class="adelanto" style="([^"]*)"', html)

    assert style is not None
    assert not re.search(r"display|opacity|1px|visibility", style[1])
    assert "@media all {\n.adelanto { display: none !important; }" in html


def test_lines_of_a_quote_are_kept_and_the_markup_around_them_adds_none() -> None:
    event = "pqrs.replied"
    html = TEMPLATES.preview(event, examples(event)[0])["email"].html
    quote, paragraph = re.search(r'<blockquote style="([^"]*)">\s*<p style="([^"]*)"', html).groups()  # type: ignore[union-attr]

    assert "pre-line" not in quote
    assert "white-space:pre-line" in paragraph


def test_mail_for_staff_has_no_footer_for_residents() -> None:
    forms = TEMPLATES.preview("pqrs.received", examples("pqrs.received")[0], DUE)
    for form, staff in (("email", False), ("staff/email", True)):
        for shown_words in (forms[form].text, forms[form].html):
            assert staff is ("Mensaje interno" in shown_words)
            assert staff is not ("lo leemos y le contestamos" in shown_words)
            assert staff is not (COMPANY["phone"] in shown_words)


@pytest.mark.parametrize(
    ("event", "form", "staff"),
    [
        ("emergency.reply.received", "desk/email", True),
        ("emergency.unreached", "desk/email", True),
        ("emergency.escalated", "email", True),
        ("emergency.reply.received", "email", False),
        ("emergency.declared", "email", False),
    ],
)
def test_mail_of_an_emergency_has_the_footer_of_its_readers(event: str, form: str, *, staff: bool) -> None:
    words = TEMPLATES.preview(event, examples(event)[0], DUE)[form]

    assert staff is ("Mensaje interno" in words.html)
    assert staff is ("Mensaje interno" in words.text)
    assert staff is not ("lo leemos y le contestamos" in words.text)
