"""For whom a follow-up is: the people of its case or of its copropiedad. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hub.model import Audience, Clock, Person, Purpose, StoredEvent, own_event
from hub.people.audience.groups import Group
from hub.people.audience.parties import Parties, addressees


def concerned_groups(clock: Clock, parties: Parties, place: str | None) -> list[Group]:
    """Return the groups of a follow-up's words; an inline contact is in no directory, and so in none."""
    follow_up = clock.promise.follow_up
    if follow_up is None:
        return []
    event = own_event(follow_up.event, str(clock.id), clock.context, time=clock.started_at)
    stored = StoredEvent(
        key=clock.id,
        event=event,
        case=clock.case,
        copropiedad_id=place,
        unit_id=clock.context.get("unit_id"),
    )
    audience = Audience(who=follow_up.to, purpose=Purpose.SURVEY, channels=())
    return [found for found in addressees(audience, stored, parties) if isinstance(found, Group)]


def references(groups: Iterable[Group], found: Mapping[Group, Sequence[Person]]) -> list[str]:
    """Return the people of these groups by reference, each once."""
    return sorted({person.ref for group in groups for person in found.get(group, ())})
