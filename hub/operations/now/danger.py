"""Danger: open emergencies and the calls that are due, as matters. Pure; Spanish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from hub.model.emergencies import DueCall, OpenEmergency
from hub.operations.now.matter import Matter, Urgency, lowered
from hub.operations.now.rank import rank_of
from hub.operations.now.situation import Situation
from hub.rendering.case_words_es import DUE_CALLS
from hub.rendering.figures_es import many
from hub.rendering.filters import inicial
from hub.rendering.page_links import CLOCKS, case_path


def calls(now: Situation) -> Iterator[Matter]:
    """Yield the calls that are due, those of one kind and building in a line."""
    for name, due in groupby(sorted(now.calls, key=_kind_of_call), _kind_of_call):
        yield _call(name[0], list(due))


def emergencies(now: Situation) -> Iterator[Matter]:
    for emergency in now.emergencies:
        yield _drill(emergency) if emergency.drill else _emergency(emergency)


def _kind_of_call(call: DueCall) -> tuple[str, str]:
    return call.name, call.building


def _call(name: str, due: Sequence[DueCall]) -> Matter:
    one, several, to_do = DUE_CALLS[name]
    where = f", en {due[0].building}" if due[0].building else ""
    return Matter(
        text=f"{many(len(due), one, several)}{where}",
        path=case_path(due[0].case),
        urgency=Urgency.BAD,
        rank=rank_of("call"),
        affected="Puede haber alguien en peligro.",
        to_do=to_do,
        button="Ver a quién",
        since=min(call.since for call in due),
    )


def _emergency(emergency: OpenEmergency) -> Matter:
    what, alone = lowered(place_of(emergency)), emergency.unattended
    return Matter(
        text=f"Nadie ha asumido la emergencia: {lowered(what)}"
        if alone
        else f"Emergencia abierta: {lowered(what)}",
        path=f"{CLOCKS}/{emergency.clock}" if alone else case_path(emergency.case),
        urgency=Urgency.BAD,
        rank=rank_of("unattended_emergency" if alone else "emergency"),
        affected=_told(emergency),
        to_do="Asúmala, y llame primero a quien el aviso no alcanza." if alone else "",
        button="Asumirla" if alone else "Ver la emergencia",
        since=emergency.since,
        people=emergency.lost,
    )


def _drill(emergency: OpenEmergency) -> Matter:
    return Matter(
        text=f"Simulacro: {lowered(place_of(emergency))}",
        path=case_path(emergency.case),
        urgency=Urgency.WAIT,
        rank=rank_of("drill"),
        affected=_told(emergency),
        button="Ver el simulacro",
        since=emergency.since,
    )


def place_of(emergency: OpenEmergency) -> str:
    """`Incendio en Altos del Rosal, Torre 1`."""
    where = ", ".join(filter(None, (emergency.building, emergency.scope)))
    return inicial(f"{emergency.kind} en {where}" if where else emergency.kind)


def _told(emergency: OpenEmergency) -> str:
    told = many(emergency.told, "persona avisada", "personas avisadas")
    return f"{told}; {many(emergency.reached, 'lo recibió', 'lo recibieron')}, {emergency.lost} sin alcanzar."
