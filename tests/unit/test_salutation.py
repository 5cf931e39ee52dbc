"""A person is greeted by the first name, a firm or a board by the whole one, and nobody by a guess."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.rendering.salutation import salutation
from tests.unit.test_templates import TEMPLATES, context, examples

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
