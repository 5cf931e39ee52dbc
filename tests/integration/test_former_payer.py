"""The payer of a unit changes after a collection notice was planned: the former one gets nothing more."""

from collections.abc import AsyncIterator
from typing import Final

import pytest

from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import Event, Rendered
from hub.operations.explain.explain import explain
from hub.storage import Database, PostgresExplain, PostgresPauses
from hub.testing import MemoryEmail, MemoryThrottle, SettableClock
from tests.integration.working_hub import WorkingHub
from tests.unit.factories import POLICY, agreed, email, event, home, local, member, somebody

UNIT: Final = "altos-t1-101"
OWNER, TENANT = "p-owner", "p-tenant"
PAYS: Final = member(TENANT, f"unit:{UNIT}", "payer")


class _Hub(WorkingHub):
    """Knows an owner, and a tenant who pays; both have authorised collection."""

    def __init__(self, database: Database) -> None:
        self.clock = SettableClock(local("2026-03-09 08:00"))
        self.provider = MemoryEmail()
        deps = DeliveryDeps(
            channels={"email": self.provider},
            render=lambda claimed: Rendered(text=claimed.message.event_id),
            policy=POLICY,
            throttle=MemoryThrottle(lambda: self.clock().timestamp()),
            now=self.clock,
            pauses=Pauses(PostgresPauses(database)),
        )
        super().__init__(database, deps)

    async def settle(self) -> None:
        people = [somebody(who, email(f"{who}@example.com")) for who in (OWNER, TENANT)]
        await self.take_in(home(UNIT), *people, member(OWNER, f"unit:{UNIT}", "owner"), PAYS)
        await self.take_in(*(agreed(who, "collection") for who in (OWNER, TENANT)))

    async def pays_no_more(self) -> None:
        """The tenant is no longer the registered payer."""
        data = {"membership_id": PAYS.data["membership_id"], "version": 2}
        await self.take_in(event("directory.membership.removed", data, id="pays-no-more"))

    async def again(self) -> None:
        await self.database.rows("UPDATE message SET next_at = now() WHERE state = 'held'")
        rows = await self.database.rows("SELECT id FROM message WHERE state = 'held'")
        await self.deliver_ids(*(row["id"] for row in rows))

    @property
    def reached(self) -> list[str]:
        return [outgoing.message.person for outgoing in self.provider.sent]


def notice(id_: str, at: str) -> Event:
    data = {"unit_id": UNIT, "balance_cop": 385_000, "days_overdue": 5, "interest_cop": 0}
    data |= {"dunning_step": 1, "copropiedad_id": "ph-altos-del-rosal"}
    return event("admin.account.overdue", data, at=local(at), id=id_)


@pytest.fixture
async def hub(database: str) -> AsyncIterator[_Hub]:
    async with Database(database) as opened:
        made = _Hub(opened)
        await made.settle()
        yield made


async def test_notice_held_over_night_does_not_go_to_the_former_payer(hub: _Hub) -> None:
    hub.clock.at = local("2026-03-09 20:00")
    await hub.take_in(notice("first", "2026-03-09 20:00"))
    await hub.deliver()
    await hub.pays_no_more()
    hub.clock.at = local("2026-03-10 08:00")
    await hub.again()
    told = await explain(PostgresExplain(hub.database), "first", TENANT)

    assert [] == hub.reached
    assert ("not_reached", "not_payer") == (told.outcome, told.reason)
    assert "Otra persona paga ahora esta cuenta" in " ".join(told.sentences)


async def test_next_notice_goes_to_who_pays_now(hub: _Hub) -> None:
    hub.clock.at = local("2026-03-09 20:00")
    await hub.take_in(notice("first", "2026-03-09 20:00"))
    await hub.pays_no_more()
    hub.clock.at = local("2026-03-10 08:00")
    await hub.take_in(notice("second", "2026-03-10 08:00"))
    await hub.deliver()

    assert [OWNER] == hub.reached


async def test_payer_who_still_pays_gets_the_notice_in_the_morning(hub: _Hub) -> None:
    hub.clock.at = local("2026-03-09 20:00")
    await hub.take_in(notice("first", "2026-03-09 20:00"))
    await hub.deliver()
    held = list(hub.reached)
    hub.clock.at = local("2026-03-10 08:00")
    await hub.again()

    assert ([], [TENANT]) == (held, hub.reached)
