"""Saved views: their list and acts, as the doors have them; the list of cases shows them."""

from __future__ import annotations

from typing import Final

from hub.desk.views import acts
from hub.desk.views.rows import SavedViewRow, SaveViewBody
from hub.doors.act import READ, Act, List, Noun, Where
from hub.errors import NotOffered

_PATH: Final = "/views"

NOUN: Final = Noun(
    name="views",
    one=acts.VIEW,
    audited={"view.forget": "Quitó una vista suya", "view.save": "Guardó una vista suya"},
    lists=(
        List(
            acts.list_views,
            _PATH,
            where=Where.COMPANY,
            row=SavedViewRow,
            lines=("name", "query"),
            section="/cases",
        ),
    ),
    acts=(
        Act(
            acts.save_view,
            _PATH,
            needs=READ,
            where=Where.COMPANY,
            command="save",
            label="Guardar esta vista",
            done="La vista quedó guardada: solo la ve usted.",
            leads_to="/cases",
            refuses=(NotOffered,),
            says=lambda done: f"{done.name}  {done.query}",
        ),
        Act(
            acts.forget_view,
            f"{_PATH}/{{name}}/forget",
            needs=READ,
            where=Where.COMPANY,
            label="Quitar la vista",
            done="La vista ya no está en su lista.",
            leads_to="/cases",
            says=lambda done: f"{done.name}  forgotten",
        ),
    ),
    examples={SaveViewBody: {"name": "Arreglos míos", "query": "view=mine&kind=repairs"}},
)
