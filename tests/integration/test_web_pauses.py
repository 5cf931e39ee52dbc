"""A pause over HTTP: what waits for its end, and what a restored hub may cancel before it goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest

from hub.model import Message, State
from hub.ports import EVERYTHING, RESTORED_BY
from hub.storage import Database, PostgresPauses
from hub.web.services import Services
from tests.contract.stores import open_stores
from tests.contract.values import HOUR, message, now, stored
from tests.doubled import with_doubles
from tests.integration.test_web_operations import send
from tests.integration.web_doubles import World

ALL: Final = "/api/pauses/all"


class RealPauses(World):
    """A world whose pauses are rows."""

    def services(self) -> Services:
        assert self.database is not None
        return with_doubles(super().services(), pauses=PostgresPauses(self.database))


@pytest.fixture
async def world(database: str, opened: Database) -> RealPauses:
    """A hub with a message from before a pause, and one from after it."""
    of = stored()
    waiting: dict[str, Any] = {"state": State.HELD, "reason": "paused", "next_at": now() + HOUR}
    made: list[Message] = [
        message(of, person=f"p-{number}", contact_id=f"c-{number}", created_at=now() + ago, **waiting)
        for number, ago in enumerate((-HOUR, timedelta(minutes=1)))
    ]
    async with open_stores(database) as stores:
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([of])
        await stores.add(*made)
    return RealPauses(database=opened)


async def paused(world: RealPauses, by: str) -> None:
    assert world.database is not None
    await PostgresPauses(world.database).pause(EVERYTHING, by=by, reason="copia")


async def states(world: RealPauses) -> list[tuple[str, str | None]]:
    assert world.database is not None
    rows = await world.database.rows("SELECT state, reason FROM message ORDER BY created_at")
    return [(row["state"], row["reason"]) for row in rows]


@pytest.mark.parametrize(("by", "restored"), [(RESTORED_BY, True), ("ana", False)])
async def test_pause_of_everything_says_how_much_waits_and_from_before_when(
    world: RealPauses, by: str, restored: bool
) -> None:
    none = await send(world, "GET", ALL)
    await paused(world, by)
    shown = (await send(world, "GET", ALL)).json

    assert 404 == none.status
    assert (2, 1, restored, 0) == tuple(shown[name] for name in ("unsent", "older", "restored", "due_steps"))
    assert shown["oldest_at"] < shown["since"]


async def test_pause_of_a_channel_says_what_it_holds(world: RealPauses) -> None:
    await send(world, "PUT", "/api/pauses/email", {"reason": "x"})
    shown = (await send(world, "GET", "/api/pauses/email")).json

    assert ("channel:email", 2, None) == (shown["subject"], shown["unsent"], shown["older"])


async def test_restored_hub_goes_on_without_what_is_older(world: RealPauses) -> None:
    await paused(world, RESTORED_BY)
    done = await send(world, "DELETE", f"{ALL}?older=cancel")

    assert (200, 1, 1) == (done.status, done.json["cancelled"], done.json["released"])
    assert [("cancelled", "restored"), ("queued", None)] == await states(world)
    assert [
        ("cancel_older", {}),
        ("cancel_older", {"cancelled": 1}),
        ("resume", {}),
        ("resume", {"released": 1}),
    ] == [(note.action, note.detail) for note in world.audit.rows]


@pytest.mark.parametrize("path", [ALL, "/api/pauses/email"])
async def test_what_is_older_than_any_other_pause_is_cancelled_by_a_plan(
    world: RealPauses, path: str
) -> None:
    await paused(world, "ana")
    refused = await send(world, "DELETE", f"{path}?older=cancel")

    assert 409 == refused.status
    assert "POST /api/bulk" in refused.json["hint"]
    assert [("held", "paused")] * 2 == await states(world)


async def test_nobody_pauses_as_if_it_were_a_restore(world: RealPauses) -> None:
    await send(world, "PUT", ALL, {"by": RESTORED_BY})
    shown = (await send(world, "GET", ALL)).json

    assert (f"this machine/{RESTORED_BY}", False) == (shown["by"], shown["restored"])
