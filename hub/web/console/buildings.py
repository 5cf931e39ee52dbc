"""The pages of buildings: their list, and one with its doors and all that is open there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from aiohttp import web

from hub.desk.buildings import acts, queries
from hub.desk.buildings.noun import PATH
from hub.desk.buildings.rows import BuildingQuery, BuildingWhole, DoorRow
from hub.desk.clocks.acts import list_clocks
from hub.desk.clocks.rows import ClocksQuery
from hub.desk.indicators.acts import read_surveys
from hub.desk.matters.rows import MattersQuery
from hub.desk.posters.queries import posters
from hub.desk.posters.rows import STATES_ES as POSTER_STATES
from hub.desk.posters.rows import PostersQuery
from hub.desk.surveys.acts import period_of
from hub.desk.surveys.rows import SurveysQuery
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.model.pages import ListQuery
from hub.model.posters import PosterState
from hub.model.reach import UnitReach
from hub.model.reached import Reached
from hub.people.units import natural, tower_name
from hub.rendering.figures_es import SURVEYS, percent
from hub.rendering.people_words_es import CONTACT_KINDS
from hub.rendering.reached_es import REACHED
from hub.rendering.titles_es import EVENTS
from hub.sla.indicator_rows import SurveyFigures
from hub.web.auth.caller import places_of
from hub.web.console.case_list import matter_rows
from hub.web.console.shell import console_page, with_query
from hub.web.services import services

_MOST: Final = 5
_NUMBERED: Final = re.compile(r"\b(\d{1,2})\d{2}$")
_LAST_NUMBER: Final = re.compile(r"\w*\d\w*$")
_ON_BOARDS: Final = (PosterState.TO_TAKE_DOWN, PosterState.HUNG, PosterState.TO_PRINT)


class DoorLook(NamedTuple):
    """The look of a door: class of its colour, symbol, and the words that say the same."""

    tone: str
    symbol: str
    words: str


_BY_REACH: Final[Mapping[UnitReach, DoorLook]] = {
    UnitReach.VERIFIED: DoorLook("safe", "si", "Se le puede avisar"),
    UnitReach.UNVERIFIED: DoorLook("silent", "plazo", "Contacto sin verificar"),
    UnitReach.SUPPRESSED: DoorLook("help", "no", "Contacto suspendido"),
    UnitReach.NO_CONTACT: DoorLook("help", "carta", "Solo carta"),
    UnitReach.NOBODY: DoorLook("away", "personas", "Nadie registrado"),
}
_NOT_ASKED: Final = DoorLook("away", "personas", "No era para esta unidad")
_BY_REACHED: Final[Mapping[Reached | None, DoorLook]] = {
    Reached.TOLD: DoorLook("safe", "si", REACHED[Reached.TOLD]),
    Reached.SENT: DoorLook("silent", "correo", REACHED[Reached.SENT]),
    Reached.PENDING: DoorLook("silent", "plazo", REACHED[Reached.PENDING]),
    Reached.NOT_REACHED: DoorLook("help", "no", "No le llegó"),
    None: _NOT_ASKED,
}


async def show_all(request: web.Request, query: ListQuery) -> web.StreamResponse:
    """List the copropiedades."""
    page = await acts.find_buildings(operator_of(request, READ), query)
    following = with_query(request, after=page.next) if page.next else None
    return console_page(
        "desk/buildings/list.html", request, here=PATH, rows=page.items, percent=percent, next=following
    )


async def show(request: web.Request, query: BuildingQuery) -> web.StreamResponse:
    """Show a building: its doors floor by floor, and its people, matters, promises, surveys and boards."""
    ref, by = request.match_info["ref"], operator_of(request, READ)
    building = await acts.show_building(by, ref, query)
    looks = [_look(door, query) for door in building.doors]
    matters, _ = await matter_rows(request, MattersQuery(copropiedad=ref, limit=_MOST), places_of(request))
    clocks = await list_clocks(by, ClocksQuery(copropiedad=ref, limit=_MOST))
    return console_page(
        "desk/buildings/page.html",
        request,
        here=PATH,
        building=building,
        towers=_towers(request, building),
        floors=_floors(building.doors, looks),
        short_name=lambda door: _short(door, building.tower),
        counts=_counts(looks, query),
        event=query.event,
        communications=await queries.wide_events(by.db, ref),
        matters=matters,
        clocks=clocks.items,
        boards=await _boards(request, ref),
        poster_states=POSTER_STATES,
        surveys=await _surveys(request, ref),
        survey_kinds=SURVEYS,
        kinds=CONTACT_KINDS,
        percent=percent,
        events=EVENTS,
        of_event=lambda key: with_query(request, event=key, after=None),
        next=with_query(request, after=str(building.next)) if building.next else None,
        first=with_query(request, after=None) if query.after else None,
    )


async def _surveys(request: web.Request, ref: str) -> Sequence[SurveyFigures]:
    """Return the figures of each kind of survey that was asked or answered there lately."""
    deps, by = services(request), operator_of(request, READ)
    lately = period_of(by, SurveysQuery())
    found = await read_surveys(deps.surveys, deps.policy, lately, copropiedad=ref, places=by.places)
    return found.by_kind


async def _boards(request: web.Request, ref: str) -> Sequence[Any]:
    """Return the posters that are to be seen to, or hang."""
    db, places = services(request).database, places_of(request)
    found = [
        await posters(db, PostersQuery(state=state, copropiedad=ref, limit=_MOST), places)
        for state in _ON_BOARDS
    ]
    return [row for page in found for row in page.items][:_MOST]


def _towers(request: web.Request, building: BuildingWhole) -> Sequence[tuple[str, str, int, bool]]:
    """Return address, name, number of units, and whether it is shown, of each of several towers."""
    if len(building.towers) < 2:
        return ()
    return [
        (
            with_query(request, tower=one.tower, after=None),
            tower_name(one.tower) if one.tower else "Sin torre",
            one.units,
            one.tower == building.tower,
        )
        for one in sorted(building.towers, key=lambda one: natural(one.tower or "~"))
    ]


def _look(door: DoorRow, query: BuildingQuery) -> DoorLook:
    return _BY_REACH[door.reach] if query.event is None else _BY_REACHED[door.reached]


def _floors(
    doors: Sequence[DoorRow], looks: Sequence[DoorLook]
) -> Sequence[tuple[int | None, Sequence[tuple[DoorRow, DoorLook]]]]:
    """Group the doors by floor, the highest first; those of which none is known come last."""
    floors: defaultdict[int | None, list[tuple[DoorRow, DoorLook]]] = defaultdict(list)
    for door, look in sorted(zip(doors, looks, strict=True), key=lambda pair: natural(pair[0].name)):
        floors[_floor(door)].append((door, look))
    return sorted(floors.items(), key=lambda one: (one[0] is None, -(one[0] or 0)))


def _short(door: DoorRow, tower: str | None) -> str:
    """Return the number of a door under the name of its tower, which says the rest."""
    numbered = None if tower is None else _LAST_NUMBER.search(door.name)
    return door.name if numbered is None else numbered[0]


def _floor(door: DoorRow) -> int | None:
    """Return the floor of a door: of the directory, or of a number such as 302; a house has none."""
    numbered = None if "casa" in door.name.casefold() else _NUMBERED.search(door.name)
    return door.floor if door.floor is not None or numbered is None else int(numbered[1])


def _counts(looks: Sequence[DoorLook], query: BuildingQuery) -> Sequence[tuple[DoorLook, int]]:
    """Return how many of the doors have each look; it is the legend, too."""
    table = _BY_REACH if query.event is None else _BY_REACHED
    counted = Counter(looks)
    return [(look, counted[look]) for look in table.values() if counted[look]]
