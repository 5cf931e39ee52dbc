"""Two workers, the same person, the same instant: over both kinds of stores."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from msgspec import structs

from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Event
from tests.lawful.counter import unlawful
from tests.lawful.facts import Statement
from tests.lawful.moved_database import open_moved
from tests.lawful.moved_hub import MovedHub
from tests.lawful.moved_stores import MovedStores
from tests.lawful.provider import Luck
from tests.lawful.town import BILLING, About, Act, Building, building, start
from tests.lawful.year import without_logs

CAMPAIGNS = 6
AT = timedelta(days=1, hours=10)


def at_one_instant() -> Building:
    """Everybody agrees on the first day; at ten of the second all campaigns and notices come at once."""
    made = building(0, people=6, seed=5, days=40)
    agreed = [
        _consent(person.ref, purpose) for person in made.people for purpose in ("commercial", "collection")
    ]
    [campaign, *_] = [act for act in made.acts if _name(act) == "realestate.listing.promoted"]
    sent = [_again(campaign, number) for number in range(CAMPAIGNS)]
    sent += [_notice(unit) for unit in sorted(made.payers) if unit.startswith("u-")]
    made.book.update({event.id: _about(event) for act in sent if (event := act.event) is not None})
    receipt = About(purpose="transactional")
    made.book.update({event.id: receipt for act in agreed if (event := act.event) is not None})
    made.acts = [*agreed, *sent]
    return made


def _name(act: Act) -> str:
    return act.event.name if act.event else ""


def _consent(person: str, purpose: str) -> Act:
    at = start() + timedelta(hours=1)
    data = {"subject_id": person, "purposes": [purpose], "method": "web", "text_version": "1"}
    event = _event(f"consent-{person}-{purpose}", "privacy.consent.granted", at, data)
    fact = Statement(person=person, purpose=purpose, granted=True, said=at, known=at)
    return Act(at=at, event=event, facts=(fact,))


def _notice(unit: str) -> Act:
    at = start() + AT
    data = {"unit_id": unit, "balance_cop": 385_000, "days_overdue": 5, "interest_cop": 0}
    data |= {"dunning_step": 1, "copropiedad_id": "ph-0"}
    return Act(at=at, event=_event(f"notice-{unit}", "admin.account.overdue", at, data))


def _event(id_: str, name: str, at: datetime, data: dict[str, Any]) -> Event:
    return Event(id=id_, source=BILLING, type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}", time=at, data=data)


def _about(event: Event) -> About:
    unit: str | None = event.data.get("unit_id")
    return About(purpose="commercial" if unit is None else "collection", account=unit, debt=unit)


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
    contacts = [contact for contact in hub.contacts() if contact.purpose in {"commercial", "collection"}]
    first = [contact for contact in contacts if contact.at == start() + AT]
    assert Counter(contact.person for contact in first) == Counter(
        person.ref for person in hub.building.people
    )
    assert {contact.purpose for contact in contacts} == {"commercial", "collection"}
    assert unlawful(contacts, hub.ledger.facts()) == []
