"""A person is greeted by the first name, a firm or a board by the whole one, and nobody by a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.rendering.salutation import Addressee, addressee_of, first_name, greeting, letter_greeting
from tests.unit.test_templates import TEMPLATES, context, examples

FIRM = "Conjunto Residencial Altos del Rosal"


@pytest.mark.parametrize(
    ("name", "who", "mail", "letter"),
    [
        ("Elvira Rojas", Addressee.PERSON, "Hola, Elvira:", "Cordial saludo, Elvira Rojas:"),
        ("Dra. Elvira Rojas", Addressee.PERSON, "Hola, Elvira:", "Cordial saludo, Dra. Elvira Rojas:"),
        ("Rojas, Elvira", Addressee.PERSON, "Hola, Elvira:", "Cordial saludo, Rojas, Elvira:"),
        (
            "Ana, <espia@example.co>",
            Addressee.PERSON,
            "Hola, Ana,:",
            "Cordial saludo, Ana, <espia@example.co>:",
        ),
        ("Casandra Torres", Addressee.PERSON, "Hola, Casandra:", "Cordial saludo, Casandra Torres:"),
        (FIRM, Addressee.FIRM, f"Señores {FIRM}:", f"Señores {FIRM}:"),
        ("Consejo de Administración", Addressee.FIRM, *["Señores Consejo de Administración:"] * 2),
        ("Rojas e Hijos S.A.S.", Addressee.FIRM, *["Señores Rojas e Hijos S.A.S.:"] * 2),
        ("Altos del Rosal P.H.", Addressee.FIRM, *["Señores Altos del Rosal P.H.:"] * 2),
        (
            "Familia Rojas Díaz",
            Addressee.HOUSEHOLD,
            "Hola, Familia Rojas Díaz:",
            "Cordial saludo, Familia Rojas Díaz:",
        ),
        ("Apartamento 302", Addressee.NOBODY, "Hola:", "Cordial saludo:"),
        ("", Addressee.NOBODY, "Hola:", "Cordial saludo:"),
    ],
)
def test_each_kind_of_name_has_its_greeting(name: str, who: Addressee, mail: str, letter: str) -> None:
    assert (who, mail, letter) == (addressee_of(name), greeting(name), letter_greeting(name))


def test_name_that_is_no_persons_has_no_first_word() -> None:
    assert (FIRM, "", "Elvira") == (first_name(FIRM), first_name("Residente"), first_name("Elvira Rojas"))


@pytest.mark.parametrize("locale", ["es", "en"])
def test_mail_greets_a_firm_by_its_whole_name(locale: str) -> None:
    event = "admin.payment.received"
    told = replace(context(event, examples(event)[0]), person=FIRM)
    text = TEMPLATES.render(event, "email", told, variant=None, locale=locale).text

    assert (f"Señores {FIRM}:" if locale == "es" else f"Hello, {FIRM},") in text
