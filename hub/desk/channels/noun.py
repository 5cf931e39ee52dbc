"""Channels: their lists, reads and acts, as the doors have them."""

from __future__ import annotations

from http import HTTPMethod
from typing import Final

from hub.desk.channels import acts
from hub.desk.channels.rows import ChannelRow, PauseBody, PauseRow
from hub.doors.act import Act, List, Noun, Read, Where
from hub.errors import NotRestored

_PAUSES: Final = "/pauses"
_PAUSE: Final = f"{_PAUSES}/{{name}}"


def _waiting(row: ChannelRow) -> str:
    return ", ".join(f"{number} {lane}" for lane, number in row.waiting.items() if number)


CHANNELS: Final = List(
    acts.list_channels,
    "/channels",
    where=Where.COMPANY,
    row=ChannelRow,
    live="channels",
    mark=acts.mark,
    lines={
        "channel": "name",
        "providers": lambda row: " ".join(row.providers) or "–",
        "broken": "broken",
        "paused": "paused.since",
        "by": "paused.by",
        "reason": "paused.reason",
        "held": lambda row: str(row.held or ""),
        "urgent": lambda row: str(row.urgent or ""),
        "waiting": _waiting,
    },
)
PAUSES: Final = List(
    acts.list_pauses,
    _PAUSES,
    where=Where.COMPANY,
    row=PauseRow,
    command="",
    lines=("subject", "since", "ends_at", "by", "reason"),
)
NOUN: Final = Noun(
    name="channels",
    one=acts.PAUSE,
    audited={
        "pause": "Pausó un canal",
        "resume": "Quitó una pausa",
    },
    lists=(CHANNELS, PAUSES),
    reads=(Read(acts.show_pause, _PAUSE, where=Where.COMPANY, command=""),),
    acts=(
        Act(acts.pause, _PAUSE, method=HTTPMethod.PUT, where=Where.EVERYWHERE, command=""),
        Act(
            acts.resume,
            _PAUSE,
            method=HTTPMethod.DELETE,
            where=Where.EVERYWHERE,
            refuses=(NotRestored,),
            command="",
        ),
    ),
    examples={PauseBody: {"reason": "El proveedor avisó de un mantenimiento hasta las 18:00"}},
)
