"""The second locale: a person whose directory entry says `en` reads English where there is a text of it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from hub.catalog import BY_NAME
from hub.messages.planning.reach import offered
from hub.model import Audience, Json, Purpose, Rendered
from hub.parts.company import CompanyRules
from hub.parts.texts import template_check
from hub.rendering import english
from hub.rendering.terms import functions
from hub.settings import load
from tests.for_each import for_each
from tests.unit.factories import MONDAY, POLICY
from tests.unit.test_mime import built, outgoing, parsed
from tests.unit.test_templates import DUE, TEMPLATES, context, examples

TRANSLATED = sorted({name for locale, name, _ in TEMPLATES.words if locale == "en"})
ABROAD = [
    kind.name
    for kind in BY_NAME.values()
    if kind.name.startswith(("emergency.", "pqrs.")) and any(not one.is_staff for one in kind.audiences)
]
FOR_STAFF = {"pqrs.escalated": {"person_name"}, "emergency.reply.received": {"contact", "from_staff"}}
"""Fields that the words before the blocks prepare for the texts of staff."""
CHECK = template_check(CompanyRules(load({})))
PAYMENT = "admin.payment.received"
SPANISH = re.compile(r"\b(?:Hola|Recibimos|Gracias|Puede|Teléfono|Administra|Unidad|desde|marzo|lunes)\b")


def texts_of(event: str) -> Iterator[tuple[Audience, str | None]]:
    for audience in BY_NAME[event].audiences:
        for text in audience.texts:
            yield audience, text


def read(event: str, channel: str, locale: str, *, example: int = 0) -> Rendered:
    told = context(event, examples(event)[example])
    return TEMPLATES.render(event, channel, told, variant=None, locale=locale)


def test_events_for_residents_are_translated_and_no_text_of_staff() -> None:
    assert {*ABROAD, PAYMENT, "concierge.package.received", "maintenance.scheduled.announced"} <= {
        *TRANSLATED
    }
    for name in TRANSLATED:
        texts = {variant for locale, event, variant in TEMPLATES.words if (locale, event) == ("en", name)}
        read = {one.template for one in BY_NAME[name].audiences if not one.is_staff}
        staff = {one.template for one in BY_NAME[name].audiences if one.is_staff} - read
        spoken = {variant for variant in texts if TEMPLATES.channels(("en", name, variant))}
        assert read & spoken
        assert not spoken & staff


@for_each(ABROAD)
def test_emergency_and_petition_are_said_in_english_over_every_channel(event: str) -> None:
    """Issue 28: an owner abroad reads emergencies and PQRS in English. Paper and posters stay Spanish."""
    for audience, text in texts_of(event):
        if audience.is_staff:
            continue
        key = event, text
        spanish = TEMPLATES.channels(("es", *key)) & {*offered(audience), "inbox", "voice"}
        spanish |= {"email"} if audience.purpose is Purpose.EMERGENCY else set()

        assert spanish - {"print"} <= TEMPLATES.channels(("en", *key))


@for_each(ABROAD)
def test_english_text_names_each_field_that_the_spanish_one_names(event: str) -> None:
    """An answer that only the Spanish text had would reach no owner abroad."""
    for audience, text in texts_of(event):
        if not audience.is_staff:
            spanish, said = (CHECK.variables((locale, event, text)) for locale in ("es", "en"))

            assert spanish - FOR_STAFF.get(event, set()) <= said


def test_emergency_in_english_begins_with_what_it_is_and_keeps_the_words_of_the_instruction() -> None:
    real, drill = (read("emergency.declared", "sms", "en", example=number) for number in (0, 1))
    over = read("emergency.updated", "push", "en")

    assert real.text.startswith("EMERGENCY: Salga por las escaleras")
    assert "Gas leak, Torre 2" in real.text
    assert drill.text.startswith("DRILL: ")
    assert "EMERGENCY OVER" == over.subject
    assert "en" == real.language


def test_publisher_may_give_the_instruction_in_english() -> None:
    told = context("emergency.declared", examples("emergency.declared")[0])
    told = dataclasses.replace(
        told, data={**told.data, "instruction_en": "Leave by the stairs. Light nothing."}
    )
    texts = {
        locale: TEMPLATES.render("emergency.declared", "sms", told, variant=None, locale=locale).text
        for locale in ("en", "es")
    }

    assert texts["en"].startswith("EMERGENCY: Leave by the stairs. Light nothing. Gas leak")
    assert texts["es"].startswith("EMERGENCIA: Salga por las escaleras")


def test_ends_of_promises_are_said_in_english() -> None:
    mail = read("pqrs.received", "email", "en")
    ended = functions(POLICY.clocks, {}, {"first_reply": MONDAY}, MONDAY, english.TERMS)
    unknown = functions(POLICY.clocks, {"kind": "peticion"}, words=english.TERMS)

    assert re.search(r"We give you a first reply (?:by \w+day|within)", mail.text)
    assert "as soon as possible" == ended["hasta"]("first_reply")
    assert "within 24 working hours" == unknown["hasta"]("first_reply")
    assert "15 working days" == unknown["term"]("legal_term")
    assert "5 minutes" == unknown["term"]("emergency_ack")


def test_answer_of_staff_without_a_document_is_in_the_english_text() -> None:
    told = context("pqrs.responded", examples("pqrs.responded")[0])
    answered = {**told.data, "document_ref": told.data["radicado"], "answer": "Ya quedó el jardín."}
    mail = TEMPLATES.render(
        "pqrs.responded", "email", dataclasses.replace(told, data=answered), variant=None, locale="en"
    )

    assert "Ya quedó el jardín." in mail.text
    assert "You find it in the document" not in mail.text


def test_whatsapp_is_english_only_where_meta_has_approved_it() -> None:
    told = context("pqrs.replied", examples("pqrs.replied")[0])
    english_too = dataclasses.replace(
        TEMPLATES, texting=dataclasses.replace(TEMPLATES.texting, english=frozenset({"pqrs_replied"}))
    )
    before, after = (
        texts.render("pqrs.replied", "whatsapp", told, variant=None, locale="en")
        for texts in (TEMPLATES, english_too)
    )

    assert ("es", "en") == (before.language, after.language)
    assert "We looked at your case" in after.text
    assert before.template == after.template


@for_each(TRANSLATED)
def test_english_text_has_no_spanish_word_of_the_hub(event: str) -> None:
    for example in examples(event):
        for form, words in TEMPLATES.preview(event, example, DUE, locale="en").items():
            said = set(SPANISH.findall(f"{words.subject}\n{words.text}"))

            assert (form, set()) == (form, {word for word in said if word not in str(example)})
            assert "en" == words.language


@pytest.mark.parametrize("locale", ["en", "en-US"])
def test_reader_of_english_gets_english(locale: str) -> None:
    mail = read(PAYMENT, "email", locale)

    assert "We received your payment" in mail.text
    assert "You can reply to this email: we read it and answer." in mail.text
    assert "Unit: Torre 1, apto. 101" in mail.text
    assert '<html lang="en">' in mail.html
    assert re.search(r"Monday 9 March 2026 at \d+:\d\d\N{NO-BREAK SPACE}[ap]m", mail.text)


@pytest.mark.parametrize("locale", ["es", "es-CO", "fr"])
def test_every_other_reader_gets_spanish(locale: str) -> None:
    mail = read(PAYMENT, "email", locale)

    assert "Recibimos su pago" in mail.text
    assert '<html lang="es-CO">' in mail.html
    assert "es" == mail.language


def test_channel_event_and_letter_without_an_english_text_are_in_spanish() -> None:
    letter = read(PAYMENT, "print", "en")
    other = read("support.form.received", "email", "en")

    assert ("es", "es") == (letter.language, other.language)
    assert "Recibimos su pago" in letter.text
    assert "Hola" in other.text


def test_text_of_another_audience_never_replaces_a_missing_one() -> None:
    told = context(PAYMENT, examples(PAYMENT)[0])
    owner = TEMPLATES.render(PAYMENT, "email", told, variant="owner", locale="en")

    assert "Se registró un pago" in owner.text


def test_mail_names_its_language() -> None:

    mail = outgoing()
    translated = replace(mail, rendered=replace(mail.rendered, language="en"))

    assert ["es", "en"] == [parsed(built(one))["Content-Language"] for one in (mail, translated)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (["water"], "water"),
        (["water", "gas"], "water and gas"),
        (["water", "gas", "power"], "water, gas and power"),
        ([], ""),
    ],
)
def test_list_in_english(value: list[str], shown: str) -> None:
    assert shown == english.lista(value)


def test_end_of_a_day_is_said_in_english() -> None:
    assert "Tuesday 31 March 2026, end of the day" == english.plazo("2026-04-01T00:00:00-05:00")
    assert "9 Mar 2026, 8:05\N{NO-BREAK SPACE}am" == english.fecha_corta("2026-03-09T08:05:00-05:00")


@pytest.mark.parametrize(
    ("value", "shown"), [(1_250_000, "COP 1,250,000"), ("385000.50", "COP 385,000.50"), (-2000, "-COP 2,000")]
)
def test_amount_in_english_is_taken_for_no_dollars(value: Json, shown: str) -> None:
    assert shown == english.pesos(value).replace("\N{NO-BREAK SPACE}", " ")


def test_what_is_interrupted_is_said_in_english() -> None:
    both = read("maintenance.scheduled.announced", "email", "en", example=1)

    assert "Interrupted: lifts and power in the common areas" in both.text
    assert "Interrupted: water" in read("building.outage.reported", "push", "en").text + str(
        read("building.outage.reported", "push", "en").subject
    )
    assert "domótica" == english.servicio("domótica")
