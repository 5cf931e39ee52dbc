"""Texts promise the terms of the policy: another policy gives other words."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub.business_time import BusinessDays, Term
from hub.errors import TemplateFailure
from hub.model import Rendered
from hub.parts.company import CompanyRules
from hub.rendering.templates import BUILT_IN, Templates
from hub.rendering.terms import functions, in_words
from hub.rendering.titles_es import CLOCKS
from hub.settings import load
from tests.for_each import for_each
from tests.unit.test_templates import examples, plain

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
