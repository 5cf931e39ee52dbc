"""Texts of real estate, contracts and taxes are short, plain, and of the purpose that the law gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hub.catalog import BY_NAME, CATALOG
from hub.catalog.contracts import CONTRACTS
from hub.catalog.real_estate import REAL_ESTATE
from hub.model import Print, Purpose, Rendered
from tests.for_each import for_each
from tests.unit.test_templates import (
    TEMPLATES,
    asked,
    context,
    examples,
    longest,
    occasions,
    sparse,
)

NEW: Final = [
    kind.name
    for kind in (*REAL_ESTATE, *CONTRACTS, *(kind for kind in CATALOG if ".tax_" in kind.name))
    if ".conflict." not in kind.name
]
WORDS_OF_A_SENTENCE: Final = 20
SUBJECT: Final = 78
"""Characters; a longer one is cut by most mail programs."""


def texts(event: str, channel: str, *, long: bool = False) -> Iterator[Rendered]:
    """Yield the texts of a channel, with every example and occasion; `long` adds the longest data."""
    for audience in BY_NAME[event].audiences:
        paper = ["print"] if audience.print is not Print.NEVER else []
        if channel not in [*asked(audience), *paper]:
            continue
        data = [*examples(event), sparse(event), *([longest(event)] if long else [])]
        for occasion in occasions(event):
            for given in data:
                told = context(event, given, occasion=occasion)
                yield TEMPLATES.render(event, channel, told, variant=audience.template)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.:?!])\s+|\n+", text) if part.strip()]


@for_each(NEW)
def test_sentence_has_at_most_twenty_words(event: str) -> None:
    for channel in ("email", "print", "whatsapp", "push"):
        for words in texts(event, channel):
            long = [line for line in sentences(words.text) if len(line.split()) > WORDS_OF_A_SENTENCE]

            assert long == []


@for_each(NEW)
def test_push_fits_a_locked_screen_with_any_data(event: str) -> None:
    for words in texts(event, "push", long=True):
        assert len(words.subject) <= 50, words.subject
        assert len(words.text) <= 150, words.text


@for_each(NEW)
def test_subject_is_shown_whole(event: str) -> None:
    for words in texts(event, "email"):
        assert len(words.subject) <= SUBJECT, words.subject


@for_each(NEW)
def test_first_paragraph_is_short_and_has_no_link(event: str) -> None:
    """A reader of only the subject and the first paragraph knows the news."""
    for words in texts(event, "email"):
        greeting, *rest = words.text.split("\n\n")
        first = rest[0] if greeting.startswith("Hola") else greeting

        assert len(sentences(first)) <= 3, first
        assert "http" not in first


@for_each(NEW)
def test_no_text_shows_the_number_of_a_case_that_only_machines_use(event: str) -> None:
    cases = {"visit_id", "transaction_id", "obligation_id", "campaign_id"}
    example = examples(event)[0]
    numbers = {example[field] for field in cases & set(example)}
    for words in TEMPLATES.preview(event, example).values():
        assert not [number for number in numbers if number in f"{words.subject}{words.text}"]


def test_each_purpose_is_the_one_that_the_law_gives_it() -> None:
    """Advertising is never sent as a service, nor a formal notice as an ordinary message."""
    purposes = {name: {audience.purpose for audience in BY_NAME[name].audiences} for name in NEW}

    assert [name for name, found in purposes.items() if Purpose.COMMERCIAL in found] == [
        "realestate.listing.promoted"
    ]
    assert [name for name, found in purposes.items() if Purpose.LEGAL in found] == [
        "realestate.contract.notice_served"
    ]


A_MAN: Final = re.compile(
    r"\b(?:usted|queda) (?:citado|invitado|inscrito)\b|\bbienvenido\b|\b(?:estimado|apreciado) "
    r"|\b(?:atenderlo|escucharlo|ayudarlo|invitarlo)\b|\blo (?:esperamos|escuchamos|invitamos|acompañe)\b",
    re.IGNORECASE,
)


@for_each([kind.name for kind in CATALOG if kind.audiences])
def test_no_text_takes_its_reader_for_a_man(event: str) -> None:
    """A letter has the words of its mail."""
    for channel in ("email", "sms", "push"):
        for words in texts(event, channel):
            assert A_MAN.findall(words.text) == []
