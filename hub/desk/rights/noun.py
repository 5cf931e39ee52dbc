"""Rights: their reads and acts, as the doors have them. An erasure over HTTP has an answer of its own."""

from __future__ import annotations

from functools import partial
from typing import Final

from hub.desk.rights import acts
from hub.doors.act import OPERATE, PRIVACY, Act, Noun, Read, Where
from hub.errors import TooLarge, UnknownName

_PEOPLE: Final = "/people"
_PERSON: Final = f"{_PEOPLE}/{{ref}}"
_RECTIFY: Final = f"{_PERSON}/rectify"
_read: Final = partial(Read, needs=PRIVACY, where=Where.EVERYWHERE, command="", section=_PEOPLE)
_act: Final = partial(Act, needs=PRIVACY, where=Where.EVERYWHERE, command="")

NOUN: Final = Noun(
    name="rights",
    one=acts.PERSON,
    audited={
        "person.contacts": "Vio los contactos de una persona",
        "person.erase": "Suprimió los datos de una persona",
        "person.erase.look": "Miró qué se suprimiría de una persona",
        "person.erasures": "Vio a quiénes se suprimió",
        "person.rectify": "Pidió corregir los datos de una persona",
        "person.rectify.look": "Miró cómo corregir los datos de una persona",
    },
    reads=(
        _read(acts.export, f"{_PERSON}/export", refuses=(UnknownName, TooLarge)),
        _read(acts.export_pdf, f"{_PERSON}/export/pdf", refuses=(UnknownName, TooLarge)),
        _read(acts.show_rectify, _RECTIFY, api=False, template="desk/rights/rectify.html"),
    ),
    acts=(
        _act(
            acts.rectify,
            _RECTIFY,
            # Whoever answers people takes their claim; only who answers for data sees the rest.
            needs=PRIVACY | OPERATE,
            refuses=(UnknownName,),
            label="Abrir el reclamo",
            done="Se abrió el reclamo. Su caso aparece aquí en unos segundos.",
        ),
        _act(
            acts.start_erasure,
            f"{_PERSON}/erase",
            api=False,
            label="Sí, suprimir para siempre",
            leads_to=_PEOPLE,
            done="Empezó la supresión: el directorio y los contactos ya no están; lo demás se borra solo.",
        ),
    ),
)
