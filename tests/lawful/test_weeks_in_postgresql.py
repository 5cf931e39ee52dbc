"""Some weeks of a building over PostgreSQL itself: its statements decide, and its clock is moved."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from hub.model import TYPE_PREFIX, TYPE_SUFFIX, Event
from tests.lawful.counter import unlawful
from tests.lawful.facts import Digest, Erased, Statement
from tests.lawful.moved_database import open_moved
from tests.lawful.moved_hub import MovedHub, bad_luck
from tests.lawful.moved_stores import MovedStores
from tests.lawful.provider import Luck
from tests.lawful.town import BETWEEN, BILLING, About, Act, Building, Resident, building, start
from tests.lawful.year import without_logs

PEOPLE = 30
HOUR = timedelta(hours=1)
EVENING = timedelta(hours=19, minutes=1)
"""After the hub's beginning, an hour before the first day: 18:01, a minute after digests are due."""
DAYS = 28
SEED = 527


def _event(town: Building, name: str, at: datetime, purpose: str, **data: Any) -> Event:
    event = Event(
        id=f"more-{len(town.book)}",
        source=BILLING,
        type=f"{TYPE_PREFIX}{name}{TYPE_SUFFIX}",
        time=at,
        data=data,
        extensions={},
    )
    town.book[event.id] = About(purpose=purpose)
    return event


def decisions(town: Building) -> Iterator[Act]:
    """Two on each of some days: a digest of one would be that notice, later."""
    for day in range(2, DAYS, 4):
        for hour in (9, 10):
            at = start() + timedelta(days=day, hours=hour)
            data = {"decision_id": f"d-{day}-{hour}", "title": "Horario de la piscina"}
            data |= {"document_ref": "https://portal.example.com/d.pdf", "copropiedad_id": town.name}
            yield Act(at=at, event=_event(town, "admin.decision.published", at, "service", **data))


def free(town: Building) -> Sequence[Resident]:
    """Return tenants whom no duty keeps: they owe nothing, and wait for no answer."""
    kept = set(town.payers.values())
    kept |= {act.event.data.get("petitioner", {}).get("ref") for act in town.acts if act.event is not None}
    return [person for person in town.people[1::2] if person.ref not in kept][:4]


def leaving(town: Building, people: Sequence[str]) -> Iterator[Act]:
    """They move out, and ask to be erased a moment after they were sent a survey; some more are published."""
    for person in people:
        at = start() + timedelta(days=12, hours=20)
        yield Act(
            at=at,
            event=_event(
                town,
                "directory.membership.removed",
                at,
                "none",
                membership_id=f"m-{person}-tenant",
                version=9,
            ),
        )
        agreed = start() + HOUR
        said = {"subject_id": person, "purposes": ["survey"], "method": "web", "text_version": "1"}
        event = _event(town, "privacy.consent.granted", agreed, "transactional", **said)
        fact = Statement(person=person, purpose="survey", granted=True, said=agreed, known=agreed)
        yield Act(at=agreed, event=event, facts=(fact,))
        for more in (HOUR, timedelta(days=3)):
            asked = at + more
            survey = {
                "survey_id": f"s-{person}-{more}",
                "kind": "post_servicio",
                "respondent": {"ref": person},
                "expires_at": (asked + timedelta(days=9)).isoformat(),
                "copropiedad_id": town.name,
            }
            yield Act(at=asked, event=_event(town, "survey.requested", asked, "survey", **survey))
        erased = at + 2 * HOUR + BETWEEN
        yield Act(at=erased, facts=(Erased(person=person, since=erased),))


async def lived(stores: MovedStores | None) -> MovedHub:
    town, luck = building(0, people=PEOPLE, seed=SEED, days=DAYS), Luck(random=Random(SEED))
    hub = MovedHub(building=town, luck=luck, stores=stores)
    with without_logs():
        await hub.run(start() + timedelta(days=DAYS + 3))
    return hub


async def test_statements_read_the_moved_clock(database: str) -> None:
    async with open_moved(database) as moved:
        await moved.move(start())
        assert await moved.now() == start()


@pytest.mark.slow
async def test_weeks_in_postgresql_have_no_unlawful_contact(database: str) -> None:
    """With digests, and with people who are erased while something waits for them (Ley 1581, art. 8 (e))."""
    luck, _ = bad_luck(SEED, 0, DAYS)
    town = building(0, people=PEOPLE, seed=SEED, days=DAYS)
    gone, homes = [one.ref for one in free(town)], {one.unit for one in free(town)}
    # They come to pay nothing more: a membership of somebody who was erased is none.
    staying = [act for act in town.acts if act.payer is None or act.payer[0] not in homes]
    wishes = [Act(at=start() + HOUR, facts=(Digest(person=person.ref),)) for person in town.people[8:]]
    town.acts = sorted(
        [*staying, *wishes, *decisions(town), *leaving(town, gone)], key=lambda act: act.arrives
    )
    async with open_moved(database) as moved:
        hub = MovedHub(building=town, luck=luck, stores=moved, daily=EVENING)
        with without_logs():
            await hub.run(start() + timedelta(days=DAYS + 3))
    contacts, facts = hub.contacts(), hub.ledger.facts()
    assert {"collection", "commercial", "survey"} <= {contact.purpose for contact in contacts}
    assert 2 <= len(facts.erased) <= len(gone)
    assert [one for one in contacts if one.about not in town.book and one.purpose == "service"], "a digest"
    assert unlawful(contacts, facts) == []


@pytest.mark.slow
async def test_postgresql_and_memory_send_the_same(database: str) -> None:
    """Without bad luck both decide alike: else the year in memory would prove nothing of PostgreSQL."""
    async with open_moved(database) as moved:
        real = await lived(moved)
    memory = await lived(None)
    assert set(real.contacts()) == set(memory.contacts())
