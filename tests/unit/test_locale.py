"""The second locale: a person whose directory entry says `en` reads English where there is a text of it."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from hub.catalog import BY_NAME
from hub.model import Json, Rendered
from hub.rendering import english
from tests.for_each import for_each
from tests.unit.test_mime import built, outgoing, parsed
from tests.unit.test_templates import DUE, TEMPLATES, context, examples

TRANSLATED = sorted({name for locale, name, _ in TEMPLATES.words if locale == "en"})
PAYMENT = "admin.payment.received"
SPANISH = re.compile(r"\b(?:Hola|Recibimos|Gracias|Puede|Teléfono|Administra|Unidad|desde|marzo|lunes)\b")


def read(event: str, channel: str, locale: str, *, example: int = 0) -> Rendered:
    told = context(event, examples(event)[example])
    return TEMPLATES.render(event, channel, told, variant=None, locale=locale)


def test_five_events_for_residents_are_translated() -> None:
    assert len(TRANSLATED) >= 5
    for name in TRANSLATED:
        assert any(one.template is None and one.purpose != "internal" for one in BY_NAME[name].audiences)


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
    other = read("pqrs.received", "email", "en")

    assert ("es", "es") == (letter.language, other.language)
    assert "Recibimos su pago" in letter.text
    assert "Recibimos su petición" in other.text


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
