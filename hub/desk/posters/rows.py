"""Posters as rows, with the filters of their list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from hub.doors.cells import BUILDINGS, FACT, LINK, MARK, MOMENT, SMALL, STATE, TERM, WHEN, Cell, Option
from hub.model import Instant, Word
from hub.model.pages import PageQuery
from hub.model.posters import PosterEnd, PosterState
from hub.people.units import own_name, tower_name
from hub.rendering.titles_es import EVENTS

STATES_ES: Final[Mapping[str, str]] = {
    PosterState.TO_PRINT: "Por imprimir",
    PosterState.PRINTED: "Impreso",
    PosterState.HUNG: "Colgado",
    PosterState.TO_TAKE_DOWN: "Hay que retirarlo",
    PosterState.TAKEN_DOWN: "Retirado",
    PosterState.OBSOLETE: "Ya no hace falta",
}
_STYLES: Final[Mapping[str, str]] = {
    PosterState.TO_PRINT: "held",
    PosterState.PRINTED: "queued",
    PosterState.HUNG: "on",
    PosterState.TO_TAKE_DOWN: "failed",
    PosterState.TAKEN_DOWN: "done",
    PosterState.OBSOLETE: "cancelled",
}
_ENDS_ES: Final[Mapping[str, str]] = {
    PosterEnd.RECALLED: "su sistema lo retiró",
    PosterEnd.REPLACED: "otro aviso más nuevo lo reemplaza",
    PosterEnd.OVER: "ya pasó",
}


def _title(row: PosterRow) -> str:
    return row.title or EVENTS.get(row.event, row.event)


def _place(row: PosterRow) -> str:
    return own_name(row.building or row.copropiedad_id)


def _zones(row: PosterRow) -> str:
    return ", ".join(tower_name(zone.removeprefix("tower:")) for zone in row.zones)


class PosterRow(Struct, kw_only=True):
    """
    A poster of a notice board: an audience of an event, in one copropiedad.

    It holds until `holds_until`, or has until then; `ended_by` says why it no longer does. `title` is there
    once its page was made. Without `zones` it is for all towers.
    """

    id: UUID
    created_at: Annotated[Instant, Cell("Hecho", MOMENT)]
    title: Annotated[str | None, Cell("Qué", LINK, value=_title)]
    event: str
    event_id: str
    building: Annotated[
        Annotated[str | None, Meta(description="The name of the copropiedad.")],
        Cell("Copropiedad", value=_place),
    ]
    copropiedad_id: str
    zones: Annotated[list[str], Cell("Zonas", SMALL, value=_zones)]
    urgent: Annotated[bool, Cell("Urgente", MARK)]
    holds_until: Annotated[Instant, Cell("Vale hasta", TERM)]
    state: Annotated[PosterState, Cell("Estado", STATE, words=STATES_ES, styles=_STYLES)]
    ended_by: Annotated[PosterEnd | None, Cell("Ya no vale", FACT, words=_ENDS_ES)]
    printed_at: Annotated[Instant | None, Cell("Impreso", WHEN)]
    printed_by: Annotated[str | None, Cell("Lo imprimió", FACT)]
    hung_at: Annotated[Instant | None, Cell("Colgado", WHEN)]
    hung_by: Annotated[str | None, Cell("Lo colgó", FACT)]
    taken_down_at: Annotated[Instant | None, Cell("Retirado", WHEN)]
    taken_down_by: Annotated[str | None, Cell("Lo retiró", FACT)]


class PosterWhole(PosterRow, kw_only=True):
    """A poster with its page as it was first made, which never changes, and the page's SHA-256."""

    html: str
    sha256: str


class PosterRecorded(Struct, kw_only=True, frozen=True):
    """`changed` is false if it was recorded before, or the poster no longer holds."""

    id: UUID
    changed: bool
    state: PosterState


class PostersQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[
        Annotated[PosterState, Meta(description="Only those in this state.")] | None,
        Option("Estado", among=STATES_ES),
    ] = None
    copropiedad: Annotated[
        Annotated[Word, Meta(description="Its id: only posters of this copropiedad.")] | None,
        Option("Copropiedad", among=BUILDINGS, every="Todas"),
    ] = None
