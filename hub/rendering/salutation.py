"""
Salutations: how a person, a firm or a household is greeted, in a message and in a letter. Pure.

The directory has a name and nothing else, no title and no sex: nobody is called "señor" by a guess, a firm or
a board is known by its words, and a name that is not a person's is never cut to its first word.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final


class Addressee(Enum):
    """Who a name stands for."""

    PERSON = auto()
    FIRM = auto()
    HOUSEHOLD = auto()
    NOBODY = auto()


_FIRM: Final = re.compile(
    "(?:administraci[óo]n|administradora|agrupación|alcaldía|almacén|asamblea|asociación|banco|caja|centro|clínica"
    "|club|colegio|comercializadora|comité|compañía|conjunto|condominio|consejo|consorcio|constructora|cooperativa"
    "|copropiedad|corporación|distribuidora|edificio|empresa|fiduciaria|fondo|fundación|grupo|hotel|iglesia"
    "|inmobiliaria|inversiones|junta|juzgado|multifamiliar|notaría|parqueadero|parroquia|portería|recepción"
    r"|restaurante|secretaría|servicios|sociedad|supermercado|tienda|unión|universidad|urbanización|vigilancia)\b",
    re.IGNORECASE,
)
_FIRM_END: Final = re.compile(
    r"\b(?:SAS?|S\. ?A\.(?: ?S\.?)?|Ltda\.?|LTDA\.?|EU|E\. ?U\.?|PH|P\. ?H\.?|ESP|E\.S\.P\.?|[Cc]ía\.?)$"
)
_HOUSEHOLD: Final = re.compile(r"(?:familia|hogar|herederos|sucesión|hermanos|esposos)\b|.*\d", re.IGNORECASE)
_NOBODY: Final = re.compile(
    "(?:apartamento|apto|arrendatari[oa]s?|casa|inquilin[oa]s?|local|oficina|propietari[oa]s?|residentes?|torre"
    r"|unidad|vecin[oa]s?)\b|$",
    re.IGNORECASE,
)
_TITLES: Final = re.compile(
    r"^(?:(?:sra?|srta|dra?|ing|arq|abg|don|doña|señora?|doctora?)\b\.? )+", re.IGNORECASE
)
_TURNED: Final = re.compile(r"[^\W\d_][^\W\d_ '’-]*(?: [^\W\d_]+)*, ((?:[^\W\d_]+ ?)+)")
"""`Rojas, Elvira`, of letters alone: whoever writes an address behind a comma is not greeted by it."""


def addressee_of(name: str) -> Addressee:
    """`Conjunto Altos` → FIRM, `Familia Rojas` → HOUSEHOLD, `Apto 302` → NOBODY, `Elvira Rojas` → PERSON."""
    if _NOBODY.match(name):
        return Addressee.NOBODY
    if _FIRM.match(name) or _FIRM_END.search(name):
        return Addressee.FIRM
    return Addressee.HOUSEHOLD if _HOUSEHOLD.match(name) else Addressee.PERSON


def first_name(name: str) -> str:
    """`Dra. Elvira Rojas` and `Rojas, Elvira` → `Elvira`; a name that is not a person's stays whole."""
    return _first_of(name, addressee_of(name))


def _first_of(name: str, who: Addressee) -> str:
    if who is not Addressee.PERSON:
        return "" if who is Addressee.NOBODY else name
    turned = _TURNED.fullmatch(name)
    return _TITLES.sub("", turned[1] if turned else name, count=1).partition(" ")[0]


def greeting(name: str) -> str:
    """`Hola, Elvira:`; `Señores Conjunto Altos:`; `Hola, Familia Rojas:`; `Hola:`."""
    who = addressee_of(name)
    if who is Addressee.FIRM:
        return f"Señores {name}:"
    return f"Hola, {known}:" if (known := _first_of(name, who)) else "Hola:"


def letter_greeting(name: str) -> str:
    """`Cordial saludo, Elvira Rojas:`, with the whole name; `Señores Conjunto Altos:`; `Cordial saludo:`."""
    who = addressee_of(name)
    if who is Addressee.FIRM:
        return f"Señores {name}:"
    return f"Cordial saludo, {name}:" if _first_of(name, who) else "Cordial saludo:"
