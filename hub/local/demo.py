"""
The demonstration: a directory, then a short day of events, published like those of any other system.

All people are invented. Addresses end in example.com (RFC 2606) and numbers are 300 000 01xx, so that a
mistake reaches nobody. Some people have no email, a landline only, or no contact at all, as in real
buildings. Ids include the day in Bogotá, so that loading twice on one day makes no duplicates.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Template
from msgspec import structs

from hub.consumers.publisher import BrokerPublisher
from hub.model import Event, Json, type_of

SOURCE: Final = "urn:coproservicios:demo"
BOGOTA: Final = ZoneInfo("America/Bogota")

_FOLDER: Final = Path(__file__).parent / "demonstration"
_FLOORS: Final = (1, 2, 3, 4)
_FLATS: Final = ("01", "02")
"""Two flats on each floor of each tower: 101, 102 … 402."""
_SINCE: Final = "2024-01-01"
_SIGNED_AT: Final = "2024-01-15T09:00:00-05:00"
_AGREED: Final = ("data_treatment", "survey", "collection")
_FORM: Final = {"method": "paper", "text_version": "2024-01"}

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
    """Return the events of the copropiedad, its units, its people with their consents, and the staff."""
    known = json.loads((_FOLDER / "directory.json").read_text(encoding="utf-8"))
    stamp = {"version": int(_day(now))}
    entries = [
        _event(now, now, f"directory.{noun}.upserted", key, {**data, **stamp})
        for noun, key, data in _directory(**known)
    ]
    return [*entries, *_consents(now, known["neighbours"])]


def day_events(now: datetime) -> list[Event]:
    """
    Return the day's events in order: a payment, petitions, a repair, works, a drill.

    `ago` is minutes before now. All are within the last hour, so that none is too old to notify; only one
    petition is a week old and unanswered, so that its clock shows escalations. The works are announced
    earlier than the promised 72 hours, with both reminders to come.
    """

    def ago(minutes: int) -> str:
        return (now - timedelta(minutes=minutes)).astimezone(BOGOTA).isoformat(timespec="seconds")

    def ahead(days: int, hour: int) -> str:
        day = now.astimezone(BOGOTA).date() + timedelta(days=days)
        return datetime.combine(day, time(hour), BOGOTA).isoformat()

    template = Template((_FOLDER / "day.json").read_text(encoding="utf-8"))
    last_week = _day(now - timedelta(weeks=1))
    happenings = json.loads(template.render(ago=ago, ahead=ahead, day=_day(now), last_week=last_week))
    return [
        _event(now, now - timedelta(minutes=happening.pop("ago")), **happening) for happening in happenings
    ]


def _directory(
    copropiedad: Data, neighbours: list[Data], staff: list[Data]
) -> Iterator[tuple[str, str, Data]]:
    place = copropiedad["copropiedad_id"]
    yield "copropiedad", place, copropiedad
    for tower, floor, flat in product(copropiedad["towers"], _FLOORS, _FLATS):
        unit = _unit(place, tower, floor, f"{floor}{flat}")
        yield "unit", unit["unit_id"], unit
    for person in (*neighbours, *staff):
        yield "person", person["slug"], _person(**person)
    for membership in _memberships(place, neighbours, staff):
        yield "membership", membership["membership_id"], membership


def _consents(now: datetime, neighbours: list[Data]) -> Iterator[Event]:
    """Yield the consents that neighbours signed when they moved in; without it the hub asks them nothing."""
    for neighbour in neighbours:
        who = f"p-{neighbour['slug']}"
        consent = {"subject_id": who, "purposes": list(_AGREED), "captured_at": _SIGNED_AT, **_FORM}
        # Nobody is thanked today for a signature of years ago.
        yield structs.replace(
            _event(now, now, "privacy.consent.granted", neighbour["slug"], consent),
            extensions={"quiet": True},
        )


def _unit(place: str, tower: str, floor: int, number: str) -> Data:
    return {
        "unit_id": f"altos-t{tower}-{number}",
        "copropiedad_id": place,
        "tower": tower,
        "floor": floor,
        "label": f"Torre {tower}, apartamento {number}",
        "coefficient": 4.1667,
    }


def _person(
    slug: str,
    names: str,
    *,
    phone: str | None = None,
    email: bool = True,
    push: bool = False,
    digital_access: bool = True,
    **_role: Any,
) -> Data:
    points = {
        "email": f"{slug.replace('-', '.')}@example.com" if email else None,
        "phone": phone,
        "push": f"demo-token-{slug}" if push else None,
    }
    return {
        "person_id": f"p-{slug}",
        "names": names,
        "contact_points": [
            {"id": f"{slug}-{kind}", "kind": kind, "value": value, "verified": True}
            for kind, value in points.items()
            if value is not None
        ],
        "locale": "es",
        "digital_access": digital_access,
    }


def _memberships(place: str, neighbours: list[Data], staff: list[Data]) -> Iterator[Data]:
    """
    Yield the roles of neighbours in their `home` (tower-flat), then the staff.

    Some staff is `here`, the others are the company's. No area means all areas.
    """
    for neighbour in neighbours:
        for role in neighbour["roles"]:
            scope = f"copropiedad:{place}" if role == "council" else f"unit:altos-t{neighbour['home']}"
            yield _membership(f"m-{neighbour['slug']}-{role}", neighbour, scope, role)
    for colleague in staff:
        scope = f"copropiedad:{place}" if colleague.get("here") else "company"
        duty = {name: colleague.get(name) for name in ("duty", "level", "service_area")}
        yield {**_membership(f"m-{colleague['slug']}", colleague, scope, "staff"), **duty}


def _membership(ref: str, person: Data, scope: str, role: str) -> Data:
    who = f"p-{person['slug']}"
    return {"membership_id": ref, "person_id": who, "scope": scope, "role": role, "since": _SINCE}


def _event(now: datetime, time: datetime, name: str, key: str, data: Data) -> Event:
    return Event(
        id=f"demo-{now.astimezone(BOGOTA):%Y-%m-%d}:{name}:{key}",
        source=SOURCE,
        type=type_of(name),
        time=time,
        datacontenttype="application/json",
        data=data,
    )


def _day(now: datetime) -> str:
    return f"{now.astimezone(BOGOTA):%Y%m%d}"
