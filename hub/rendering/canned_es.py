"""
Canned answers: texts with which an answer begins, by area of the company. Only literal tables.

A gap is a fact of the case: `{nombre}`, `{asunto}`, `{radicado}`, `{unidad}`, `{copropiedad}`. Whoever
answers reads the text before it leaves, and writes what is missing: no text promises a day or an amount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple


class Canned(NamedTuple):
    key: str
    label: str
    text: str


_ANY: Final = (
    Canned(
        "seguimos",
        "Seguimos en ello",
        "Hola, {nombre}. Seguimos trabajando en su caso {asunto}. Le escribo apenas haya una novedad.",
    ),
    Canned(
        "mas_datos",
        "Pedir más datos",
        "Hola, {nombre}. Para avanzar con {asunto} necesitamos que nos cuente un poco más: "
        "¿desde cuándo ocurre y dónde? Puede responder a este mensaje.",
    ),
    Canned(
        "disculpa",
        "Disculpa",
        "Hola, {nombre}. Le pido disculpas por la demora con {asunto}. Le cuento en qué vamos: ",
    ),
    Canned(
        "listo",
        "Ya quedó listo",
        "Hola, {nombre}. Ya quedó resuelto {asunto}. Si algo no quedó bien, responda a este mensaje.",
    ),
)
CANNED: Final[Mapping[str, Sequence[Canned]]] = {
    "": _ANY,
    "mantenimiento": (
        Canned(
            "foto",
            "Pedir foto",
            "Hola, {nombre}. ¿Nos puede enviar una foto del daño? Así el técnico llega con lo necesario.",
        ),
        Canned(
            "visita",
            "Acordar la visita",
            "Hola, {nombre}. El técnico debe entrar a {unidad}. ¿Qué día y a qué hora le queda bien?",
        ),
        *_ANY,
    ),
    "contabilidad": (
        Canned(
            "soporte",
            "Pedir el soporte",
            "Hola, {nombre}. ¿Nos puede enviar el soporte del pago? Con él lo aplicamos a {unidad}.",
        ),
        Canned(
            "paz_y_salvo",
            "Paz y salvo adjunto",
            "Hola, {nombre}. Va adjunto el paz y salvo de {unidad}.",
        ),
        *_ANY,
    ),
    "administracion": (
        Canned(
            "copia",
            "Copia adjunta",
            "Hola, {nombre}. Va adjunta la copia que nos pidió.",
        ),
        *_ANY,
    ),
    "conserjeria": (
        Canned(
            "porteria",
            "Está en la portería",
            "Hola, {nombre}. Lo puede recoger en la portería, a cualquier hora, con su documento.",
        ),
        *_ANY,
    ),
}
"""Area → its answers, the ones of that area first; the empty word: any other area."""
_MISSING: Final[Mapping[str, str]] = {
    "nombre": "buen día",
    "asunto": "su solicitud",
    "unidad": "su unidad",
    "copropiedad": "su copropiedad",
    "radicado": "su caso",
}
"""What stands in a gap of which the case says nothing."""


def canned_of(area: str) -> Sequence[Canned]:
    return CANNED.get(area, CANNED[""])


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return the text with the facts of a case in its gaps."""
    return text.format_map({**_MISSING, **{name: value for name, value in facts.items() if value}})
