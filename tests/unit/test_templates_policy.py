"""Texts promise the terms of the policy, and those of contracts and taxes are short and plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub.business_time import BusinessDays, Term
from hub.catalog import BY_NAME, CATALOG
from hub.catalog.contracts import CONTRACTS
from hub.catalog.real_estate import REAL_ESTATE
from hub.errors import TemplateFailure
from hub.model import Print, Purpose, Rendered
from hub.parts.company import CompanyRules
from hub.rendering.templates import BUILT_IN, Templates
from hub.rendering.terms import functions, in_words
from hub.rendering.titles_es import CLOCKS
from hub.settings import load
from tests.for_each import for_each
from tests.unit.test_templates import TEMPLATES, asked, context, examples, longest, occasions, plain, sparse

OVERLAY: Final = """
[clocks.first_reply]
target = "16h"
ladder = ["16h", "8h", "8h", "8h"]
[clocks.legal_term.target]
peticion = "7bd"
default = "6bd"
[clocks.privacy_query]
target = "9bd"
extension = "4bd"
[clocks.privacy_claim]
target = "11bd"
extension = "3bd"
[clocks]
privacy_legend.target = "1bd"
incident_report.target = "12bd"
incident_response.target = "17h"
conflict.target = "13bd"
callback.target = "90m"
custody.target = "36h"
emergency_callback.target = "6m"
"""

FIRST_REPLY: Final = "16 horas hábiles"
EVERY_FORM: Final = None
TO_THE_PERSON: Final = {"email", "inbox", "print", "sms", "push", "whatsapp", "staff/email"}
"""Not on the board, where the final answer is what hangs next."""
PHRASES: Final[tuple[tuple[str, dict[str, Any], set[str] | None, str], ...]] = (
    ("pqrs.received", {"kind": "peticion"}, TO_THE_PERSON, FIRST_REPLY),
    ("pqrs.received", {"kind": "peticion"}, {"email", "inbox", "print", "staff/email"}, "7 días hábiles"),
    ("pqrs.received", {"kind": "consulta"}, {"email", "print", "staff/inbox"}, "30 días hábiles"),
    ("pqrs.assigned", {}, {"assignee/email", "assignee/inbox"}, FIRST_REPLY),
    ("support.email.received", {}, EVERY_FORM, FIRST_REPLY),
    ("support.form.received", {}, {"email", "sms"}, FIRST_REPLY),
    ("support.counter.received", {}, EVERY_FORM, FIRST_REPLY),
    ("support.chat.missed", {}, EVERY_FORM, FIRST_REPLY),
    ("support.call.missed", {"line": "main"}, {"sms", "whatsapp"}, FIRST_REPLY),
    ("support.call.missed", {"line": "emergency"}, EVERY_FORM, "6 minutos"),
    ("inbound.message.received", {"kind": "reply", "revokes": False}, EVERY_FORM, FIRST_REPLY),
    ("privacy.query.received", {}, {"email", "print", "staff/email"}, "9 días hábiles"),
    ("privacy.query.extended", {}, {"email", "print"}, "4 días hábiles"),
    ("privacy.claim.received", {}, {"email", "print", "staff/email"}, "11 días hábiles"),
    ("privacy.claim.received", {}, {"email", "print", "staff/email"}, "1 día hábil"),
    ("privacy.claim.extended", {}, {"email", "print"}, "3 días hábiles"),
    ("privacy.incident.detected", {}, {"email", "management/email"}, "12 días hábiles"),
    ("concierge.incident.reported", {}, {"email", "sms", "push", "staff/push"}, "17 horas hábiles"),
    ("realestate.conflict.opened", {}, {"email", "party_b/email", "staff/email"}, "13 días hábiles"),
    ("satisfaction.detractor.detected", {}, {"email"}, "90 minutos hábiles"),
    ("sla.breached", {}, {"desk/inbox"}, "36 horas"),
)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The templates of a process with this policy."""
    policy = tmp_path_factory.mktemp("policy") / "policy.toml"
    policy.write_text(OVERLAY, "utf-8")
    return CompanyRules(load({"HUB_POLICY": str(policy)})).templates


def whole(words: Rendered) -> str:
    return plain(f"{words.subject}\n{words.text}")


@pytest.mark.parametrize(("event", "data", "only", "words"), PHRASES)
def test_a_text_promises_the_term_of_the_policy(
    templates: Templates, event: str, data: dict[str, Any], only: set[str] | None, words: str
) -> None:
    forms = templates.preview(event, examples(event)[0] | data)
    chosen = forms.keys() if only is None else only

    assert [] == sorted(name for name in chosen if plain(words) not in whole(forms[name]))


def test_every_template_with_a_term_is_tested_with_another_policy() -> None:
    sources = {path.name: path.read_text("utf-8") for path in (BUILT_IN / "es").glob("[!_]*.j2")}
    phrases = {
        name.removesuffix(".j2")
        for name, text in sources.items()
        if re.search(r"\bterm\(|\bextension\(", text)
    }

    assert phrases <= {event for event, *_ in PHRASES}


_COUNTED: Final = re.compile(
    r"\b(\d+|una?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|quince|veinte|veinticuatro|treinta)"
    r"( \w+)? (horas?|días?|minutos?|semanas?)\b"
)


@for_each(sorted((BUILT_IN / "es").glob("*.j2")))
def test_no_template_counts_hours_or_days_itself(path: Path) -> None:
    assert [] == [found[0] for found in _COUNTED.finditer(path.read_text("utf-8"))]


def test_no_name_of_a_promise_counts_hours_or_days() -> None:
    assert [] == [title for title in CLOCKS.values() if _COUNTED.search(title)]


def test_a_text_that_whatsapp_approves_has_a_gap_for_the_term(templates: Templates) -> None:
    """The words around the gap are approved: a new policy must not change them."""
    ((approved, filled),) = templates.to_approve("pqrs.received", examples("pqrs.received")[0])

    assert "primera respuesta {{respuesta}}" in approved.body
    assert ("respuesta", f"en máximo {FIRST_REPLY}.") in filled.parameters


@pytest.mark.parametrize(
    ("term", "any_hour", "words"),
    [
        (timedelta(hours=24), False, "24 horas hábiles"),
        (timedelta(hours=1), False, "1 hora hábil"),
        (timedelta(minutes=90), False, "90 minutos hábiles"),
        (timedelta(hours=48), True, "48 horas"),
        (timedelta(minutes=1), True, "1 minuto"),
        (timedelta(seconds=10), True, "10 segundos"),
        (timedelta(milliseconds=500), True, "1 segundo"),
        (BusinessDays(15), False, "15 días hábiles"),
        (BusinessDays(1), False, "1 día hábil"),
    ],
)
def test_a_term_is_written_in_words(term: Term, *, any_hour: bool, words: str) -> None:
    assert words == in_words(term, any_hour=any_hour)


def test_a_template_that_names_no_clock_of_the_policy_fails_and_says_which(templates: Templates) -> None:
    functions_of = functions(templates.clocks, {})

    with pytest.raises(TemplateFailure, match="the policy has no clock nada"):
        functions_of["term"]("nada")
    with pytest.raises(TemplateFailure, match="the policy lets nobody extend first_reply"):
        functions_of["extension"]("first_reply")


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
