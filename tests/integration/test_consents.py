"""A consent from its event to the people of an audience, over the use case of intake and a real database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from msgspec import structs

from hub.catalog import BY_NAME
from hub.intake.process_batch import process_batch
from hub.intake.source_bindings import SourceBindings
from hub.model import Audience, Event, Purpose
from hub.ports import MessageFilter
from hub.storage import Database, PostgresIntake, PostgresKeys, PostgresLog
from hub.testing import MemoryAppointments, MemoryPublisher
from tests.unit.factories import (
    DESK,
    HOUR,
    MONDAY,
    email,
    event,
    incoming,
    member,
    mobile,
    somebody,
)

OFFER = "emergency.acknowledged"
PROMOTED = replace(
    BY_NAME[OFFER],
    audiences=(
        Audience(who=("opted_in:commercial",), purpose=Purpose.COMMERCIAL, channels=(("email",), ("sms",))),
    ),
)
"""An event for people who want advertisements: the catalogue has none yet."""
SHOP = replace(DESK, catalog={**BY_NAME, OFFER: PROMOTED})
MARIA, PEDRO, OFFICER = "p-maria-pena", "p-pedro", "p-oficial"


@dataclass
class Hub:
    database: Database

    async def take_in(self, *events: Event, now: datetime = MONDAY + HOUR) -> None:
        await process_batch(
            [incoming(event) for event in events],
            context=SHOP,
            senders=SourceBindings(PostgresKeys(self.database), own=None),
            store=PostgresIntake(self.database),
            publisher=MemoryPublisher(),
            appointments=MemoryAppointments(lambda: now),
            now=lambda: now,
        )

    async def notified(self, name: str) -> list[tuple[str, str]]:
        """Recipients of the messages of this event, with the channel."""
        page = await PostgresLog(self.database).messages(MessageFilter(event=name), after=None, limit=100)
        return sorted((row.person, row.channel) for row in page.items)


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Hub]:
    async with Database(database) as opened:
        made = Hub(opened)
        await made.take_in(
            somebody(MARIA, email(), mobile()),
            somebody(PEDRO, email("pedro@example.com")),
            somebody(OFFICER, email("oficial@example.com")),
            member(MARIA, "unit:altos-t1-101", "owner"),
            member(PEDRO, "unit:altos-t1-102", "owner"),
            member(OFFICER, "company", "staff", duty="privacy_officer"),
        )
        yield made


def granted(**data: object) -> Event:
    return event("privacy.consent.granted", {"captured_at": None, **data}, id="yes", at=MONDAY)


def revoked(**data: object) -> Event:
    return event(
        "privacy.consent.revoked",
        {"revoked_at": None, "channels": None, **data},
        id="no",
        at=MONDAY + timedelta(minutes=5),
    )


def offer(name: str) -> Event:
    return event(OFFER, id=name, at=MONDAY + timedelta(minutes=10))


async def test_yes_is_notified_and_thanked_and_no_is_not_notified_again(hub: Hub) -> None:
    await hub.take_in(offer("nobody yet"))
    before = await hub.notified(OFFER)
    # In one batch: the offer sees the consent that came with it.
    await hub.take_in(offer("first"), granted(channels=None))
    first = await hub.notified(OFFER)
    await hub.take_in(offer("second"), revoked(method="sms"))

    assert [] == before
    assert [(MARIA, "email")] == first
    assert first == await hub.notified(OFFER)
    assert [(MARIA, "email")] == await hub.notified("privacy.consent.granted")
    assert [(MARIA, "sms"), (OFFICER, "email"), (OFFICER, "inbox")] == await hub.notified(
        "privacy.consent.revoked"
    )


async def test_a_consent_that_comes_again_and_late_changes_nothing(hub: Hub) -> None:
    await hub.take_in(revoked())
    await hub.take_in(granted())
    await hub.take_in(granted(), offer("late"))
    rows = await hub.database.rows("SELECT DISTINCT granted, at FROM consent WHERE purpose = 'commercial'")

    assert [] == await hub.notified(OFFER)
    assert {(True, MONDAY), (False, MONDAY + timedelta(minutes=5))} == {
        (row["granted"], row["at"]) for row in rows
    }


async def test_a_consent_of_tomorrow_is_a_dead_letter_and_opens_nothing(hub: Hub) -> None:
    tomorrow = (MONDAY + 24 * HOUR).isoformat()
    await hub.take_in(granted(captured_at=tomorrow), offer("now"))
    [letter] = await hub.database.rows("SELECT reason, field FROM dead_letter")

    assert ("data.captured_at: expected at most 5 minutes from now", "data.captured_at") == (
        letter["reason"],
        letter["field"],
    )
    assert [] == await hub.notified(OFFER)


async def test_an_import_of_consents_is_kept_and_thanks_nobody(hub: Hub) -> None:
    quiet = structs.replace(granted(), extensions={"quiet": True})
    await hub.take_in(quiet, offer("after"))

    assert [] == await hub.notified("privacy.consent.granted")
    assert [(MARIA, "email")] == await hub.notified(OFFER)


OVERDUE = "admin.account.overdue"


def collectable(*channels: str, at: datetime = MONDAY) -> Event:
    data = {"subject_id": MARIA, "purposes": ["collection"], "channels": [*channels], "captured_at": None}
    return event("privacy.consent.granted", data, id=f"collect {channels}", at=at)


async def collected(hub: Hub) -> list[tuple[str, str, str | None]]:
    rows = await hub.database.rows(
        "SELECT channel, state, reason FROM message WHERE event = $1 ORDER BY created_at, channel", OVERDUE
    )
    return [(row["channel"], row["state"], row["reason"]) for row in rows]


async def test_collection_takes_the_channel_authorised_for_longest(hub: Hub) -> None:
    await hub.take_in(event(OVERDUE, id="first", at=MONDAY))
    before = await collected(hub)
    await hub.take_in(collectable("sms"), collectable("email", "sms", at=MONDAY + timedelta(minutes=1)))
    await hub.take_in(event(OVERDUE, id="second", at=MONDAY + timedelta(minutes=2)), now=MONDAY + 2 * HOUR)

    assert [("email", "suppressed", "not_consented")] == before
    assert [*before, ("sms", "queued", None)] == await collected(hub)


@pytest.mark.parametrize("paid_first", [False, True])
async def test_a_payment_cancels_collection_that_has_not_left(hub: Hub, *, paid_first: bool) -> None:
    notice = event(OVERDUE, at=MONDAY)
    paid = event("admin.payment.received", at=MONDAY + timedelta(minutes=1))
    await hub.take_in(collectable("sms", at=MONDAY - HOUR))
    for one in (paid, notice) if paid_first else (notice, paid):
        await hub.take_in(one)

    assert [("sms", "cancelled", "ended")] == await collected(hub)
