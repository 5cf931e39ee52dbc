"""
Salutations: how a person, a firm or a household is greeted, in a message and in a letter. Pure.

The directory has a name and nothing else, no title and no sex: nobody is called "señor" by a guess, a firm or
a board is known by its words, and a name that is not a person's is never cut to its first word.
"""

from __future__ import annotations

import re
from typing import Final

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


def salutation(name: str) -> tuple[str, str, str]:
    """
    Return what to call somebody, and the greetings of a message and of a letter.

    `Dra. Elvira Rojas` and `Rojas, Elvira` → `Elvira`, `Hola, Elvira:`, and the whole name in a letter;
    `Conjunto Altos` → `Señores Conjunto Altos:` in both; `Familia Rojas` → `Hola, Familia Rojas:`;
    `Apto 302` → no name, `Hola:`, `Cordial saludo:`.
    """
    if _NOBODY.match(name):
        return "", "Hola:", "Cordial saludo:"
    if _FIRM.match(name) or _FIRM_END.search(name):
        return name, f"Señores {name}:", f"Señores {name}:"
    first = name
    if not _HOUSEHOLD.match(name):
        turned = _TURNED.fullmatch(name)
        first = _TITLES.sub("", turned[1] if turned else name, count=1).partition(" ")[0]
    if not first:
        return "", "Hola:", "Cordial saludo:"
    return first, f"Hola, {first}:", f"Cordial saludo, {name}:"
