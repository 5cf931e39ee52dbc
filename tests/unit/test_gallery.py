"""The gallery of texts: which there are, which are missing, and how each looks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError
from types import MappingProxyType
from typing import Final

import pytest

from hub.catalog import GROUPS
from hub.errors import UnknownName
from hub.model import Brand
from hub.operations.gallery import Gallery, Wanted
from hub.operations.template_check import Finding, TemplateCheck
from hub.parts.company import CompanyRules
from hub.parts.texts import gallery_of, lazy_gallery
from hub.rendering.labels_es import TEXTS as WORDS
from hub.rendering.titles_es import GROUPS as TITLES
from hub.settings import load

COMPANY: Final = CompanyRules(load({}))
TEXTS: Final = gallery_of(COMPANY)
SMS: Final = Wanted("pqrs.received", "sms", None, "es", 0)


def without(event: str) -> Gallery:
    """The gallery of a company whose event has no main text."""
    templates = TEXTS.check.templates
    words = {key: texts for key, texts in templates.words.items() if key[1:] != (event, None)}
    check = replace(TEXTS.check, templates=replace(templates, words=MappingProxyType(words)))
    return Gallery(check=check, examples=TEXTS.examples)


def test_each_text_beside_the_main_one_says_in_words_for_whom_it_is() -> None:
    assert {row.audience for row in TEXTS.rows if row.audience} == WORDS.keys()


def test_gallery_has_the_groups_of_the_catalogue_and_each_has_a_title() -> None:
    with_texts = dict.fromkeys(row.group for row in TEXTS.rows)

    assert [name for name in GROUPS if name in with_texts] == list(with_texts)
    assert list(GROUPS) == list(TITLES)


def test_each_text_that_somebody_gets_is_there_in_spanish() -> None:
    assert [row for row in TEXTS.rows if row.state == "missing"] == []


def test_missing_text_is_seen() -> None:
    missing = [row for row in without("pqrs.received").rows if row.state == "missing"]

    assert {(row.event, row.audience, row.language) for row in missing} == {("pqrs.received", None, "es")}
    assert [row.channel for row in missing] == ["email", "sms", "whatsapp", "print", "board"]


def test_text_that_is_not_translated_is_seen() -> None:
    states = {
        (row.channel, row.language): row.state
        for row in TEXTS.rows
        if (row.event, row.audience) == ("support.form.received", None)
    }

    assert states["email", "en"] == "untranslated"
    assert states["push", "es"] == "unused"
    assert ("print", "en") not in states


def test_text_message_has_its_parts_and_what_it_names() -> None:
    made = TEXTS.preview(SMS)

    assert made.cost is not None
    assert (made.cost.encoding, made.cost.parts) == ("GSM-7", 1)
    assert "radicado" in made.variables
    assert made.findings == []


def test_each_example_is_shown() -> None:
    examples = range(TEXTS.preview(SMS).examples)
    texts = {TEXTS.preview(SMS._replace(example=number)).text for number in examples}

    assert len(texts) == len(examples)


@pytest.mark.parametrize(
    "wanted",
    [
        SMS._replace(event="nosuch"),
        SMS._replace(event="admin.payment.received", channel="board"),
        SMS._replace(language="fr"),
        SMS._replace(audience="nosuch"),
        SMS._replace(example=99),
    ],
)
def test_text_that_is_not_there_is_refused(wanted: Wanted) -> None:
    with pytest.raises(UnknownName):
        TEXTS.preview(wanted)


def test_mail_has_the_look_of_a_copropiedad() -> None:
    brand = Brand(digest=b"x", data={"name": "Conjunto La Ceiba", "color": "#7a1f1f"})
    made = TEXTS.preview(SMS._replace(channel="email"), brand, "Conjunto La Ceiba")

    assert "#7a1f1f" in made.html
    assert "Conjunto La Ceiba" in made.html


def test_what_is_wrong_with_a_text_stands_beside_it() -> None:
    files = dict(TEXTS.check.templates.files)
    path = "es/pqrs.received.j2"
    files[path] = files[path].replace("{% block sms", "{# #}{% block sms", 1)
    check = replace(TEXTS.check, fields={**TEXTS.check.fields, "pqrs.received": frozenset()})
    made = Gallery(check=check, examples=TEXTS.examples).preview(SMS)

    assert {finding.rule for finding in made.findings} == {"variable"}
    assert made.findings[0].file == path


def test_texts_are_read_and_judged_once_for_all_who_ask_at_the_same_time() -> None:
    asked = lazy_gallery(COMPANY)
    judged: list[str] = []
    meeting = Barrier(2)

    class Slow(TemplateCheck):
        def findings(self, event: str | None = None) -> list[Finding]:
            judged.append(str(event))
            with suppress(BrokenBarrierError):
                meeting.wait(0.2)  # a second one, if it comes here at all, comes meanwhile
            return []

    check = Slow(
        **{
            name: getattr(TEXTS.check, name)
            for name in ("templates", "examples", "fields", "due_of", "policy")
        }
    )
    texts = Gallery(check=check, examples=TEXTS.examples)
    with ThreadPoolExecutor(4) as pool:
        galleries = set(map(id, pool.map(lambda _: asked(), range(4))))
        list(pool.map(lambda _: texts.preview(SMS), range(4)))

    assert len(galleries) == 1
    assert judged == ["pqrs.received"]
