"""Saved audiences: their list and acts, as the doors have them; the page of a draft uses them."""

from __future__ import annotations

from typing import Final

from hub.desk.audiences import acts
from hub.doors.act import OPERATE, Act, List, Noun
from hub.errors import InvalidAudience

_PATH: Final = "/audiences"

NOUN: Final = Noun(
    name="audiences",
    one=acts.AUDIENCE,
    audited={"audience.forget": "Quitó una audiencia guardada", "audience.save": "Guardó una audiencia"},
    lists=(
        List(
            acts.list_audiences, _PATH, needs=OPERATE, row=acts.SavedAudienceRow, lines=("id", "name", "to")
        ),
    ),
    acts=(
        Act(
            acts.save_audience,
            _PATH,
            command="save",
            done="La audiencia quedó guardada con su nombre.",
            refuses=(InvalidAudience,),
            says=lambda done: f"{done.id}  {done.name}",
        ),
        Act(
            acts.forget_audience,
            f"{_PATH}/{{id}}/forget",
            done="La audiencia ya no está en la lista.",
            says=lambda done: f"{done.name}  forgotten",
        ),
    ),
    examples={acts.SaveAudienceBody: {"name": "Torre 2", "to": ["residents@tower:ph-altos-del-rosal/2"]}},
)
