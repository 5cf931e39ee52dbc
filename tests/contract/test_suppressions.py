"""Suppressions and opt-outs, as a claim reports them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.catalog import BY_NAME
from hub.inbound.replies import complained, read
from hub.model import (
    Complaint,
    InvalidContact,
    Message,
    Purpose,
    State,
    StoredEvent,
    SuppressionStatus,
)
from hub.storage import Database, PostgresDelivery
from tests.contract.stores import Stores
from tests.contract.values import NOON, mailed, message, now

MAIL = "Maria@example.com"
GONE = SuppressionStatus(reason="gone", since=NOON)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)


async def found_gone(stores: Stores, of: StoredEvent, **fields: Any) -> Message:
    """Make a message whose provider reported an invalid contact point."""
    one = message(of, **{"address": MAIL, "occasion": "first", **fields})
    await stores.add(one)
    gone = InvalidContact(message_id=one.id, at=NOON, reason="smtp_550", provider="smtp", code="550 5.1.1")
    await stores.delivery.suppress([gone, gone])
    return one


async def suppression(stores: Stores, of: StoredEvent, **fields: Any) -> SuppressionStatus | None:
    """Return the opt-out, or else the suppression, that the claim of a new message reports."""
    one = message(of, **{"address": MAIL, "occasion": str(uuid4()), **fields})
    await stores.add(one)
    [claimed] = await stores.claim(one)
    refused = claimed.contact.opted_out
    return claimed.suppression if refused is None else SuppressionStatus(reason=refused)


async def store_reply(stores: Stores, of: StoredEvent, text: str, **fields: Any) -> None:
    """Store a reply to our mail."""
    one = message(of, address=MAIL, occasion=str(uuid4()), state=State.SENT)
    await stores.add(one)
    reply = mailed(text, message_id=one.id, **{"address": MAIL, **fields})
    await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))


async def test_nobody_is_suppressed_at_first(stores: Stores, of: StoredEvent) -> None:
    assert await suppression(stores, of) is None


@pytest.mark.parametrize("purpose", Purpose)
async def test_invalid_contact_is_suppressed_for_every_purpose(
    stores: Stores, of: StoredEvent, purpose: Purpose
) -> None:
    await found_gone(stores, of)

    assert GONE == await suppression(stores, of, purpose=purpose)


async def test_suppression_applies_to_one_address_on_one_channel(stores: Stores, of: StoredEvent) -> None:
    await found_gone(stores, of, channel="sms", address="+573001234567")

    assert await suppression(stores, of, channel="whatsapp", address="+573001234567") is None
    assert await suppression(stores, of, channel="sms", address="+573007654321") is None
    assert GONE == await suppression(stores, of, channel="sms", address="+573001234567", person="p-other")


async def test_repeated_suppression_starts_again(stores: Stores, of: StoredEvent) -> None:
    one = await found_gone(stores, of)
    later = now()
    await stores.delivery.suppress([InvalidContact(message_id=one.id, at=later, reason="x", provider="smtp")])

    assert SuppressionStatus(reason="gone", since=later) == await suppression(stores, of)


async def reported_gone(stores: Stores, of: StoredEvent, at: datetime, one: Message | None = None) -> Message:
    """Suppress by a report that proves nothing."""
    about = one or message(of, address=MAIL, occasion=str(uuid4()))
    if one is None:
        await stores.add(about)
    gone = InvalidContact(
        message_id=about.id, at=at, reason="dsn_5.1.1", provider="smtp", code="550", until=at + MONTH
    )
    await stores.delivery.suppress([gone])
    return about


async def test_suppression_by_a_report_ends_by_itself(stores: Stores, of: StoredEvent) -> None:
    first = await reported_gone(stores, of, NOON)
    await reported_gone(stores, of, NOON + DAY, first)

    assert replace(GONE, until=NOON + MONTH) == await suppression(stores, of)


async def test_report_about_another_message_makes_it_lasting(stores: Stores, of: StoredEvent) -> None:
    await reported_gone(stores, of, NOON)
    await reported_gone(stores, of, NOON + DAY)

    assert replace(GONE, since=NOON + DAY) == await suppression(stores, of)


async def test_report_about_a_message_sent_after_it_had_ended_makes_it_lasting(
    stores: Stores, of: StoredEvent
) -> None:
    await reported_gone(stores, of, NOON)
    await reported_gone(stores, of, NOON + 2 * MONTH)

    assert replace(GONE, since=NOON + 2 * MONTH) == await suppression(stores, of)


async def test_report_neither_shortens_nor_prolongs_what_a_provider_said(
    stores: Stores, of: StoredEvent
) -> None:
    await found_gone(stores, of)
    await reported_gone(stores, of, NOON + DAY)

    assert GONE == await suppression(stores, of)


async def test_provider_makes_lasting_what_was_only_reported(stores: Stores, of: StoredEvent) -> None:
    await reported_gone(stores, of, NOON - DAY)
    await found_gone(stores, of)

    assert GONE == await suppression(stores, of)


async def test_opt_out_outlasts_an_expired_suppression(stores: Stores, of: StoredEvent) -> None:
    """A number that is tried again after its suppression ends has still opted out of advertisements."""
    await found_gone(stores, of)
    await store_reply(stores, of, "BAJA")

    found = await suppression(stores, of, purpose=Purpose.COMMERCIAL)
    assert found is not None
    assert (found.since, found.until) == (None, None)
    assert GONE == await suppression(stores, of, purpose=Purpose.SERVICE)


async def test_message_without_an_address_suppresses_nobody(stores: Stores, of: StoredEvent) -> None:
    await found_gone(stores, of, address="")

    assert await suppression(stores, of, address="") is None


async def test_empty_suppression_runs_no_statement() -> None:
    async with Database("postgresql://nobody@127.0.0.1:1/nothing") as away:
        await PostgresDelivery(away, BY_NAME, named=BY_NAME).suppress([])


@pytest.mark.parametrize("purpose", Purpose)
async def test_opt_out_applies_only_to_purposes_that_need_consent(
    stores: Stores, of: StoredEvent, purpose: Purpose
) -> None:
    await store_reply(stores, of, "BAJA")
    found = await suppression(stores, of, purpose=purpose)

    assert (purpose in {Purpose.COMMERCIAL, Purpose.SURVEY}) is (found is not None)
    assert found is None or found.reason == "opted_out"


async def test_opt_out_applies_to_all_addresses_of_the_person(stores: Stores, of: StoredEvent) -> None:
    await store_reply(stores, of, "SALIR")
    number = {"channel": "sms", "address": "+573001234567", "purpose": Purpose.SURVEY}

    assert await suppression(stores, of, **number) is not None
    assert await suppression(stores, of, **number, person="p-other") is None


async def test_opt_out_from_a_forwarded_mail_applies_only_to_its_writer(
    stores: Stores, of: StoredEvent
) -> None:
    await store_reply(stores, of, "SALIR", address="Vecino@example.com")

    assert await suppression(stores, of, purpose=Purpose.SURVEY) is None
    assert await suppression(stores, of, purpose=Purpose.SURVEY, person="p-v", address="vecino@example.com")


async def test_ordinary_and_automatic_replies_are_no_opt_out(stores: Stores, of: StoredEvent) -> None:
    await store_reply(stores, of, "Quiero cancelar mi cita")
    await store_reply(stores, of, "BAJA", automatic=True)

    assert await suppression(stores, of, purpose=Purpose.COMMERCIAL) is None


async def test_opt_out_can_be_lifted_and_repeated(stores: Stores, of: StoredEvent) -> None:
    found = []
    for word in ("BAJA", "INICIAR", "Alto, por favor"):
        await store_reply(stores, of, word)
        found.append(await suppression(stores, of, purpose=Purpose.SURVEY) is not None)

    assert [True, False, True] == found


async def test_complaint_counts_as_an_opt_out(stores: Stores, of: StoredEvent) -> None:
    one = message(of, address=MAIL, occasion="unwanted", state=State.SENT)
    await stores.add(one)
    complaint = Complaint(channel="email", provider="smtp", message_id=one.id, kind="abuse", at=NOON)
    await stores.replies.add(complained(complaint, await stores.replies.about_message(one.id)))
    found = await suppression(stores, of, purpose=Purpose.COMMERCIAL)

    assert found is not None
    assert "complaint" == found.reason
    assert await suppression(stores, of, purpose=Purpose.LEGAL) is None


async def test_complaint_about_an_unknown_message_suppresses_nobody(stores: Stores, of: StoredEvent) -> None:
    complaint = Complaint(channel="email", provider="smtp", message_id=uuid4(), kind="abuse", at=NOON)
    await stores.replies.add(complained(complaint, await stores.replies.about_message(complaint.message_id)))

    assert await suppression(stores, of, purpose=Purpose.COMMERCIAL, address="") is None
