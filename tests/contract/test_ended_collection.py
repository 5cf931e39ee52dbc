"""Intake cancels collection that has not left, as it cancels reminders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from hub.model import Message, Purpose, State, StoredEvent
from hub.model.state_machine import UNSENT
from tests.contract.stores import Stores
from tests.contract.values import FALLBACK, HOUR, NOON, message, now

CASE: Final = "pqrs_id:PQ-1"
SECOND: Final = timedelta(seconds=1)


def notice(of: StoredEvent, **fields: Any) -> Message:
    held = {"state": State.HELD, "reason": "contact_hours", "next_at": now() + HOUR}
    return message(of, **{"purpose": Purpose.COLLECTION, **held, **fields})


async def end(stores: Stores, case: str = CASE, at: datetime = NOON) -> None:
    async with stores.intake.transaction() as transaction:
        await transaction.end_collection({case: at})


@pytest.mark.parametrize("before", State)
async def test_unsent_collection_is_cancelled_and_sent_stays(
    stores: Stores, of: StoredEvent, before: State
) -> None:
    one = notice(of, state=before, reason="before")
    await stores.add(one)
    await end(stores)
    shown = await stores.shown(one)

    expected = ("cancelled", "ended") if before in UNSENT else (str(before), "before")
    assert expected == (shown.state, shown.reason)


@pytest.mark.parametrize("purpose", [Purpose.SERVICE, Purpose.LEGAL, Purpose.TRANSACTIONAL])
async def test_messages_of_other_purposes_stay(stores: Stores, of: StoredEvent, purpose: Purpose) -> None:
    one = notice(of, purpose=purpose)
    await stores.add(one)
    await end(stores)

    assert "held" == await stores.state_of(one)


@pytest.mark.parametrize(("case", "at"), [("pqrs_id:PQ-2", NOON), (CASE, NOON - SECOND)])
async def test_collection_of_later_events_and_other_cases_stays(
    stores: Stores, of: StoredEvent, case: str, at: datetime
) -> None:
    one = notice(of)
    await stores.add(one)
    await end(stores, case, at)

    assert "held" == await stores.state_of(one)


async def test_failed_collection_gets_no_next_step(stores: Stores, of: StoredEvent) -> None:
    one = notice(of, state=State.FAILED, next_at=None, fallback=FALLBACK)
    await stores.add(one)
    await end(stores)

    assert [] == list(await stores.timers.broken_cascades(10))
