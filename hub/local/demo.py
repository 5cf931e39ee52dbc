"""
The demonstration: a directory, then a short day of events, published like those of any other system.

Ids include the day in Bogotá, so that loading twice on one day makes no duplicates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from hub.consumers.publisher import BrokerPublisher
from hub.local.altos import (
    COPROPIEDAD,
    FLATS,
    FLOORS,
    NEIGHBOURS,
    STAFF,
    Colleague,
    Neighbour,
    Person,
    person_id,
    unit_id,
)
from hub.local.story import BOGOTA, PLACE, story
from hub.model import Event, Json, type_of

SOURCE: Final = "urn:coproservicios:demo"

Data = dict[str, Json]


async def load(amqp_url: str, *, now: datetime, pause: timedelta) -> int:
    """
    Publish the directory, then the day, with confirms; return the number of events.

    Waits for `pause` before each event of the day: lanes are independent, and an emergency that overtakes
    the directory would notify nobody. Raises BrokerUnavailable.
    """
    directory, day = directory_events(now), day_events(now)
    publisher = BrokerPublisher(amqp_url, "hub demonstration")
    try:
        for event in directory:
            await publisher.event(event)
        for event in day:
            await asyncio.sleep(pause.total_seconds())
            await publisher.event(event)
    finally:
        await publisher.aclose()
    return len(directory) + len(day)


def directory_events(now: datetime) -> list[Event]:
    """Return the events of the copropiedad, its units, its people and the company's staff."""
    stamp = {"version": int(f"{now.astimezone(BOGOTA):%Y%m%d}")}
    return [_event(now, now, name, key, {**data, **stamp}) for name, key, data in _directory()]


def _directory() -> Iterator[tuple[str, str, Data]]:
    yield "directory.copropiedad.upserted", PLACE, dict(COPROPIEDAD)
    for unit in _units():
        yield "directory.unit.upserted", unit["unit_id"], unit
    for person in (
        *(neighbour.person for neighbour in NEIGHBOURS),
        *(colleague.person for colleague in STAFF),
    ):
        yield "directory.person.upserted", person.slug, _person(person)
    for membership in _memberships():
        yield "directory.membership.upserted", membership["membership_id"], membership


def _units() -> Iterator[Data]:
    for tower in COPROPIEDAD["towers"]:
        for floor in FLOORS:
            for flat in FLATS:
                yield {
                    "unit_id": unit_id(f"{tower}-{floor}{flat}"),
                    "copropiedad_id": PLACE,
                    "tower": tower,
                    "floor": floor,
                    "label": f"Torre {tower}, apartamento {floor}{flat}",
                    "coefficient": 4.1667,
                }


def _person(person: Person) -> Data:
    points = {
        "email": f"{person.slug.replace('-', '.')}@example.com" if person.email else None,
        "phone": person.phone,
        "push": f"demo-token-{person.slug}" if person.push else None,
    }
    return {
        "person_id": person_id(person.slug),
        "names": person.names,
        "contact_points": [
            {"id": f"{person.slug}-{kind}", "kind": kind, "value": value, "verified": True}
            for kind, value in points.items()
            if value is not None
        ],
        "locale": "es",
        "digital_access": person.digital_access,
    }


def _memberships() -> Iterator[Data]:
    for neighbour in NEIGHBOURS:
        for role in neighbour.roles:
            yield _neighbour_membership(neighbour, role)
    for colleague in STAFF:
        yield _staff_membership(colleague)


def _neighbour_membership(neighbour: Neighbour, role: str) -> Data:
    slug = neighbour.person.slug
    return {
        "membership_id": f"m-{slug}-{role}",
        "person_id": person_id(slug),
        "scope": f"copropiedad:{PLACE}" if role == "council" else f"unit:{unit_id(neighbour.home)}",
        "role": role,
        "since": "2024-01-01",
    }


def _staff_membership(colleague: Colleague) -> Data:
    return {
        "membership_id": f"m-{colleague.person.slug}",
        "person_id": person_id(colleague.person.slug),
        "scope": f"copropiedad:{PLACE}" if colleague.here else "company",
        "role": "staff",
        "duty": colleague.duty,
        "level": colleague.level,
        "service_area": colleague.service_area,
        "since": "2024-01-01",
    }


def _event(now: datetime, time: datetime, name: str, key: str, data: Data) -> Event:
    return Event(
        id=f"demo-{now.astimezone(BOGOTA):%Y-%m-%d}:{name}:{key}",
        source=SOURCE,
        type=type_of(name),
        time=time,
        datacontenttype="application/json",
        data=data,
    )


def day_events(now: datetime) -> list[Event]:
    """Return the day's events in order; all are within the last hour, except one old case."""
    return [
        _event(now, now - timedelta(minutes=happening.ago), happening.name, happening.key, happening.data)
        for happening in story(now)
    ]
