"""A consent is revoked after its messages were planned: nothing leaves that is claimed after that."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest

from hub.errors import TransientFailure
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import Accepted, Claimed, Event, Outgoing, Rendered
from hub.operations.explain.explain import explain
from hub.storage import Database, PostgresDelivery, PostgresExplain, PostgresIntake, PostgresPauses
from hub.testing import MemoryEmail, MemoryThrottle, SettableClock
from tests.integration.working_hub import WorkingHub
from tests.unit.factories import HOUR, MONDAY, POLICY, agreed, email, event, local, said_in, somebody

PEOPLE: Final = 40


class _Provider(MemoryEmail):
    """Takes a moment for each message; refuses the first `busy` of them."""

    def __init__(self, busy: int = 0) -> None:
        super().__init__()
        self.busy = busy

    async def send(self, outgoing: Outgoing) -> Accepted:
        await asyncio.sleep(random.random() / 100)
        if self.busy:
            self.busy -= 1
            raise TransientFailure("smtp_450")
        return await super().send(outgoing)


class _Watched(PostgresDelivery):
    """Remembers which messages were claimed when the revocation of their person was committed already."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.revoked: set[str] = set()
        self.too_late: set[str] = set()

    async def claim(self, ids: Sequence[UUID], *, token: UUID, lease: timedelta) -> Sequence[Claimed]:
        revoked = set(self.revoked)
        claimed = await super().claim(ids, token=token, lease=lease)
        self.too_late |= {one.message.person for one in claimed} & revoked
        return claimed


class _Hub(WorkingHub):
    def __init__(self, database: Database, *, busy: int = 0) -> None:
        self.clock = SettableClock(MONDAY + HOUR)
        self.provider = _Provider(busy)
        self.watched = _Watched(database)
        deps = DeliveryDeps(
            channels={"email": self.provider},
            render=lambda claimed: Rendered(text=claimed.message.name),
            policy=POLICY,
            throttle=MemoryThrottle(lambda: self.clock().timestamp()),
            now=self.clock,
            pauses=Pauses(PostgresPauses(database)),
        )
        super().__init__(database, deps, store=self.watched)

    async def settle(self, *people: str) -> None:
        await self.take_in(*(somebody(who, email(f"{who}@example.com")) for who in people))
        await self.take_in(*(agreed(who, "survey") for who in people))

    async def revoke(self, who: str) -> None:
        said = event(
            "privacy.consent.revoked",
            {"subject_id": who, "purposes": ["survey"], "channels": None, "revoked_at": None},
            at=MONDAY,
            id=f"no:{who}",
        )
        async with PostgresIntake(self.database).transaction() as transaction:
            await transaction.add_consents(said_in(said))
        self.watched.revoked.add(who)

    async def states(self) -> Counter[tuple[str, str | None]]:
        rows = await self.database.rows(
            "SELECT state, reason FROM message WHERE event = 'survey.requested' AND occasion = 'initial'"
        )
        return Counter((row["state"], row["reason"]) for row in rows)


def survey(who: str) -> Event:
    data = {"survey_id": f"s-{who}", "respondent": {"ref": who}, "expires_at": None}
    return event("survey.requested", data, at=MONDAY, id=f"s-{who}")


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    async with Database(database) as made:
        yield made


async def test_who_has_not_consented_is_told_why_already_when_it_is_planned(opened: Database) -> None:
    hub = _Hub(opened)
    await hub.take_in(somebody("p-1", email("p-1@example.com")), survey("p-1"))
    verdict = await explain(PostgresExplain(opened), "s-p-1", "p-1")

    assert {("suppressed", "not_consented"): 1} == await hub.states()
    assert ("not_reached", "not_consented") == (verdict.outcome, verdict.reason)
    assert "no ha autorizado estos mensajes" in " ".join(verdict.sentences)


async def test_revoked_between_planning_and_sending(opened: Database) -> None:
    hub = _Hub(opened)
    await hub.settle("p-1", "p-2")
    await hub.take_in(survey("p-1"), survey("p-2"))
    await hub.revoke("p-1")
    await hub.deliver()

    assert {("suppressed", "not_consented"): 1, ("sent", None): 1} == await hub.states()
    assert ["p-2"] == [outgoing.message.person for outgoing in hub.provider.sent]


async def test_revoked_while_it_waits_for_the_hours_of_contact(opened: Database) -> None:
    hub = _Hub(opened)
    await hub.settle("p-1")
    hub.clock.at = local("2026-03-09 20:00")
    await hub.take_in(survey("p-1"))
    await hub.deliver()
    held = await hub.states()
    await hub.revoke("p-1")
    hub.clock.at = local("2026-03-10 08:00")
    await _again(hub)

    assert {("held", "contact_hours"): 1} == held
    assert {("suppressed", "not_consented"): 1} == await hub.states()


async def test_revoked_between_two_tries(opened: Database) -> None:
    hub = _Hub(opened, busy=1)
    await hub.settle("p-1")
    await hub.take_in(survey("p-1"))
    await hub.deliver()
    tried = await hub.states()
    await hub.revoke("p-1")
    await _again(hub)

    assert {("retrying", "smtp_450"): 1} == tried
    assert {("suppressed", "not_consented"): 1} == await hub.states()
    assert [] == hub.provider.sent


async def _again(hub: _Hub) -> None:
    """Deliver what waits, as the timers do when its time has come."""
    await hub.database.rows("UPDATE message SET next_at = now() WHERE state IN ('held', 'retrying')")
    for ticket in await hub.database.rows("SELECT id FROM message WHERE occasion = 'initial'"):
        await hub.deliver_ids(ticket["id"])


async def test_nothing_leaves_that_is_claimed_after_its_revocation(opened: Database) -> None:
    """Two workers have each ticket, while people revoke: one surely later, one before, others by chance."""
    hub = _Hub(opened)
    people = [f"p-{number}" for number in range(PEOPLE)]
    await hub.settle(*people)
    planned = {who: asyncio.Event() for who in people}
    told, revoked = asyncio.Event(), asyncio.Event()
    first, second, *_ = people
    tickets: dict[str, list[UUID]] = {}

    async def send(who: str) -> None:
        await hub.take_in(survey(who))
        rows = await opened.rows("SELECT id FROM message WHERE person = $1 AND occasion = 'initial'", who)
        tickets[who] = [row["id"] for row in rows]
        planned[who].set()
        await (revoked.wait() if who == second else asyncio.sleep(random.random() / 20))
        await asyncio.gather(*(hub.deliver_ids(*tickets[who]) for _ in range(2)))
        if who == first:
            told.set()

    async def take_back(who: str) -> None:
        await planned[who].wait()
        await (told.wait() if who == first else asyncio.sleep(random.random() / 20))
        await hub.revoke(who)
        if who == second:
            revoked.set()

    await asyncio.gather(*(work(who) for who in people for work in (send, take_back)))
    states, sent = await hub.states(), Counter(outgoing.message.person for outgoing in hub.provider.sent)

    assert {("sent", None), ("suppressed", "not_consented")} >= states.keys()
    assert set() == hub.watched.too_late & sent.keys()
    assert PEOPLE == states.total()
    assert {1} >= set(sent.values())
    assert hub.watched.too_late, "each was claimed before its revocation"
    assert sent, "each was revoked before its claim"
