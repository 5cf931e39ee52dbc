"""The contract of the PostgresEscalations: the state of the escalation that a message has brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.model import Acknowledgement, Clock, Event, Purpose, StoredEvent
from hub.policy.clocks import CALLS
from hub.sla.acknowledge import acknowledged
from tests.contract.stores import RealStores
from tests.contract.values import (
    NOON,
    clock,
    event,
    leave,
    membership,
    message,
    now,
    person,
    person_removed,
    stored,
)


def holder(who: str = "p-1", scope: str = "company", version: int = 1, **fields: Any) -> Event:
    return membership(who, scope, "staff", version, **{"level": 2, "duty": "management", **fields})


def away(who: str, delegate: str) -> Event:
    since, until = (now() + timedelta(days=days) for days in (-1, 1))
    return leave(who, since.isoformat(), until.isoformat(), delegate)


async def escalated(stores: RealStores, **fields: Any) -> tuple[Clock, UUID]:
    """Escalate a clock to level 2; return it, and the id of the mail to `p-1`."""
    name, known = fields.pop("name", "pqrs.escalated"), clock(level=2)
    data = fields.pop("data", {"clock_id": str(known.id), "to_level": 2})
    of = stored(event(name, data=data), copropiedad_id="ph-1")
    mail = message(of, **{"purpose": Purpose.INTERNAL, **fields})
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([of])
        await transaction.save_clocks([known])
        await transaction.add_messages([mail])
    return known, mail.id


async def test_escalation_of_a_message_has_its_person_level_and_clock(stores: RealStores) -> None:
    await stores.apply_directory(person("p-1"), holder())
    known, mail = await escalated(stores)
    found = await stores.escalations.of_message(mail)

    assert found is not None
    received = found.escalation
    assert (mail, "p-1", 2, known) == (received.message_id, received.person, received.level, received.clock)
    assert (True, None, "") == (found.is_held, found.taken, found.taker)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "sla.breached"},
        {"purpose": Purpose.TRANSACTIONAL},
        {"data": {"clock_id": str(uuid4()), "to_level": 2}},
        {"data": {"clock_id": "019cd2d1", "to_level": 2}},
        {"data": {"to_level": 2}},
    ],
    ids=["another event", "to the petitioner", "an unknown clock", "no id of a clock", "no clock"],
)
async def test_other_messages_have_none(stores: RealStores, fields: dict[str, Any]) -> None:
    _, mail = await escalated(stores, **fields)

    assert await stores.escalations.of_message(mail) is None
    assert await stores.escalations.of_message(uuid4()) is None


YESTERDAY = (now() - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("news", "is_held"),
    [
        ([holder()], True),
        ([holder(scope="copropiedad:ph-1")], True),
        ([holder(), person("p-2"), holder("p-2", "copropiedad:ph-1", service_area="administracion")], True),
        ([holder(), person("p-2"), away("p-1", "p-2")], True),
        ([person("p-2"), holder("p-2"), away("p-2", "p-1")], True),
        ([], False),
        ([holder(scope="copropiedad:ph-2")], False),
        ([holder(level=3)], False),
        ([holder(), holder(version=2, until=YESTERDAY)], False),
        ([holder(), person_removed("p-1", 2)], False),
        ([person("p-2"), holder("p-2")], False),
    ],
    ids=[
        *("of the company", "of the building", "somebody nearer has come", "on leave", "stands in"),
        *("no office", "of another building", "of another level", "ended", "person removed", "another"),
    ],
)
async def test_level_is_held_by_whoever_has_it_or_stands_in(
    stores: RealStores, news: Sequence[Event], *, is_held: bool
) -> None:
    await stores.apply_directory(person("p-1"), *news)
    _, mail = await escalated(stores)
    found = await stores.escalations.of_message(mail)

    assert found is not None
    assert is_held == found.is_held


@pytest.mark.parametrize(("by", "taker"), [("p-2", "Name of p-2"), ("account:ana", ""), ("p-9", "")])
async def test_escalation_shows_who_of_the_level_has_acknowledged(
    stores: RealStores, by: str, taker: str
) -> None:
    await stores.apply_directory(person("p-2"), person("p-9"), person_removed("p-9", 2))
    known, mail = await escalated(stores)
    of_level_3 = taken(known, level=3)
    await stores.add_events(taken(known, by=by), of_level_3)
    found = await stores.escalations.of_message(mail)

    assert found is not None
    at = known.started_at + timedelta(hours=1)
    assert (Acknowledgement(level=2, at=at, by=by), taker) == (found.taken, found.taker)


def taken(of: Clock, *, level: int = 2, by: str = "p-3") -> StoredEvent:
    at = NOON + timedelta(hours=1)
    return stored(acknowledged(of.id, of.case, level, by=by, place="ph-1", at=at))


@pytest.mark.parametrize("name", CALLS)
async def test_call_for_help_can_be_acknowledged_by_the_staff_that_it_went_to(
    stores: RealStores, name: str
) -> None:
    await stores.apply_directory(
        person("p-1"), membership("p-1", "copropiedad:ph-1", "staff", duty="front_desk")
    )
    known = replace(clock("thread_id:de-1"), name=name)
    of = stored(event(CALLS[name], data={"thread_id": "de-1"}), copropiedad_id="ph-1", case=known.case)
    to_desk = message(of, purpose=Purpose.EMERGENCY, variant="desk")
    answer = message(of, purpose=Purpose.EMERGENCY, person="p-ana", contact_id="cp-9")
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([of])
        await transaction.save_clocks([known])
        await transaction.add_messages([to_desk, answer])
    found = await stores.escalations.of_message(to_desk.id)

    assert found is not None
    assert (True, 1, known.id) == (found.is_held, found.escalation.level, found.escalation.clock.id)
    assert await stores.escalations.of_message(answer.id) is None
