"""Open emergencies on the first page: who got nothing, and telephones for whoever was called to help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aiohttp import web

from hub.access.sight import Field
from hub.desk.today.reading import unreached_in
from hub.model.emergencies import OpenEmergency, UnreachedPerson
from hub.operations.now.danger import place_of
from hub.rendering.actors_es import who_es
from hub.rendering.page_links import CLOCKS, case_path
from hub.web.auth.caller import actor_of, caller_of, sight_of
from hub.web.auth.session_cookie import SESSION
from hub.web.console.staff import staff_names
from hub.web.services import services


class Danger(NamedTuple):
    """An open emergency as the page shows it; `calls` is whether telephones are shown."""

    emergency: OpenEmergency
    title: str
    people: Sequence[UnreachedPerson]
    calls: bool
    taken_by: str
    case: str
    take: str
    """Where it is taken on; empty once somebody has."""

    @property
    def more(self) -> int:
        return max(0, self.emergency.lost - len(self.people))

    def share(self, people: int) -> float:
        """Return how many of those who were told these are, of 100."""
        return round(100 * people / self.emergency.told, 1) if self.emergency.told else 0


async def dangers(request: web.Request, found: Iterable[OpenEmergency]) -> list[Danger]:
    """Return the emergencies that are no drills, in their order. A telephone that is shown is noted."""
    staff = await staff_names(request)
    return [
        Danger(
            emergency=emergency,
            title=place_of(emergency),
            people=await unreached_in(
                emergency,
                services(request).emergencies,
                actor_of(request),
                named=sight_of(request).is_plain(Field.NAME, emergency.copropiedad_id),
                calls=calls,
            ),
            calls=calls,
            taken_by="" if emergency.unattended else who_es(emergency.taken_by or None, staff),
            case=case_path(emergency.case),
            take=f"{CLOCKS}/{emergency.clock}" if emergency.unattended else "",
        )
        for emergency in found
        if not emergency.drill
        for calls in [await _may_call(request, emergency)]
    ]


async def _may_call(request: web.Request, emergency: OpenEmergency) -> bool:
    """Return whether the caller has taken it on, or is one of the staff whom it has called."""
    session = request.get(SESSION)
    person = session.account.person if session is not None and session.account is not None else None
    if not sight_of(request).is_plain(Field.NAME, emergency.copropiedad_id):
        return False
    if emergency.taken_by and emergency.taken_by in (caller_of(request).who, person):
        return True
    return person is not None and await services(request).emergencies.called(emergency.key, person)
