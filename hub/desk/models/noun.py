"""Models of communications: their list and acts; the page that begins a communication shows them."""

from __future__ import annotations

from typing import Final

from hub.desk.models import acts
from hub.doors.act import Act, List, Noun
from hub.errors import NoSuch, OtherState
from hub.storage.communication_models import CommunicationModel

_PATH: Final = "/models"
_NEW: Final = "/communications/new"

NOUN: Final = Noun(
    name="models",
    one=acts.MODEL,
    audited={
        "model.forget": "Quitó una plantilla de comunicaciones",
        "model.save": "Guardó una plantilla de comunicaciones",
    },
    lists=(
        List(
            acts.list_models,
            _PATH,
            row=CommunicationModel,
            lines=("id", "name", "kind"),
            section="/communications",
        ),
    ),
    acts=(
        Act(
            acts.save_model,
            _PATH,
            command="save",
            label="Guardar como plantilla",
            done="La plantilla quedó guardada, sin fechas: está en «Comunicar».",
            leads_to=_NEW,
            refuses=(NoSuch, OtherState),
            says=lambda done: f"{done.id}  {done.name}",
        ),
        Act(
            acts.forget_model,
            f"{_PATH}/{{id}}/forget",
            label="Quitar la plantilla",
            done="La plantilla ya no está en la lista.",
            leads_to=_NEW,
            says=lambda done: f"{done.id}  forgotten",
        ),
    ),
    examples={
        acts.SaveModelBody: {
            "name": "Corte de agua de martes",
            "communication": "019cd38a-9280-8735-ac93-de935f73f125",
        }
    },
)
