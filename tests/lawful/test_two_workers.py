"""Two workers, the same person, the same instant: over both kinds of stores."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from msgspec import structs

from hub.model import Event
from tests.lawful.counter import unlawful
from tests.lawful.facts import Statement
from tests.lawful.moved_database import open_moved
from tests.lawful.moved_hub import MovedHub
from tests.lawful.moved_stores import MovedStores
from tests.lawful.provider import Luck
from tests.lawful.town import About, Act, Building, building, start
from tests.lawful.year import without_logs

CAMPAIGNS = 6
AT = timedelta(days=1, hours=10)


def at_one_instant() -> Building:
    """Everybody agrees on the first day; at ten of the second all campaigns come at once."""
    made = building(0, people=6, seed=5, days=40)
    acts = [_consent(person.ref, number) for number, person in enumerate(made.people)]
    [campaign, *_] = [act for act in made.acts if _name(act) == "realestate.listing.promoted"]
    acts += [_again(campaign, number) for number in range(CAMPAIGNS)]
    made.book.update({act.event.id: About(purpose="commercial") for act in acts[-CAMPAIGNS:] if act.event})
    made.acts = acts
    return made


def _name(act: Act) -> str:
    return act.event.name if act.event else ""


def _consent(person: str, number: int) -> Act:
    at = start() + timedelta(hours=1)
    data = {"subject_id": person, "purposes": ["commercial"], "method": "web", "text_version": "1"}
    event = Event(
        id=f"consent-{number}",
        source="urn:example:billing",
        type="co.coproservicios.privacy.consent.granted.v1",
        time=at,
        data=data,
    )
    fact = Statement(person=person, purpose="commercial", granted=True, said=at, known=at)
    return Act(at=at, event=event, facts=(fact,))


def _again(campaign: Act, number: int) -> Act:
    assert campaign.event is not None
    at, data = start() + AT, campaign.event.data
    ends = (at + timedelta(days=2)).isoformat()
    changed = {**data, "campaign_id": f"camp-{number}", "valid_until": ends}
    event = structs.replace(campaign.event, id=f"campaign-{number}", time=at, data=changed)
    return replace(campaign, at=at, event=event)


@pytest.fixture(params=["memory", "postgresql"])
def place(request: pytest.FixtureRequest) -> str | None:
    """The URL of a database; None for memory. Not async, because it requests an async fixture."""
    if request.param == "memory":
        return None
    url: str = request.getfixturevalue("database")
    return url


@pytest.fixture
async def stores(place: str | None) -> AsyncIterator[MovedStores | None]:
    async with AsyncExitStack() as stack:
        yield None if place is None else await stack.enter_async_context(open_moved(place))


async def test_two_workers_reach_a_person_once_a_day(stores: MovedStores | None) -> None:
    hub = MovedHub(building=at_one_instant(), luck=Luck(random=Random(5)), stores=stores)
    with without_logs():
        await hub.run(start() + timedelta(days=4))
    contacts = [contact for contact in hub.contacts() if contact.purpose == "commercial"]
    assert {contact.person for contact in contacts} == {person.ref for person in hub.building.people}
    assert unlawful(contacts, hub.ledger.facts()) == []
