"""Whom nobody writes to: what a claim says of contact points that are gone and of consents taken back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from hub.inbound.replies import complained, read
from hub.model import (
    Complaint,
    InvalidContact,
    Message,
    Purpose,
    Reply,
    State,
    StoredEvent,
    SuppressionStatus,
)
from tests.contract.stores import Stores
from tests.contract.values import NOON, message, now

MAIL = "Maria@example.com"
GONE = SuppressionStatus(reason="gone", since=NOON)


async def found_gone(stores: Stores, of: StoredEvent, **fields: Any) -> Message:
    """A message whose provider said that its contact point is gone."""
    one = message(of, **{"address": MAIL, "occasion": "first", **fields})
    await stores.add(one)
    gone = InvalidContact(message_id=one.id, at=NOON, reason="smtp_550", provider="smtp", code="550 5.1.1")
    await stores.delivery.suppress([gone, gone])
    return one


async def suppression(stores: Stores, of: StoredEvent, **fields: Any) -> SuppressionStatus | None:
    """What the claim of a new message says."""
    one = message(of, **{"address": MAIL, "occasion": str(uuid4()), **fields})
    await stores.add(one)
    [claimed] = await stores.claim(one)
    return claimed.suppression


async def said(stores: Stores, of: StoredEvent, text: str, **fields: Any) -> None:
    """A reply of somebody to a mail of ours."""
    one = message(of, address=MAIL, occasion=str(uuid4()), state=State.SENT)
    await stores.add(one)
    reply = Reply(
        channel="email",
        provider="mail",
        reference=str(uuid4()),
        text=text,
        at=NOON,
        message_id=one.id,
        **{"address": MAIL, **fields},
    )
    await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))


async def test_nobody_is_barred_to_begin_with(stores: Stores, of: StoredEvent) -> None:
    assert await suppression(stores, of) is None


@pytest.mark.parametrize("purpose", Purpose)
async def test_what_is_gone_is_gone_for_every_purpose(
    stores: Stores, of: StoredEvent, purpose: Purpose
) -> None:
    await found_gone(stores, of)

    assert GONE == await suppression(stores, of, purpose=purpose)


async def test_only_that_address_over_that_channel_is_gone(stores: Stores, of: StoredEvent) -> None:
    await found_gone(stores, of, channel="sms", address="+573001234567")

    assert await suppression(stores, of, channel="whatsapp", address="+573001234567") is None
    assert await suppression(stores, of, channel="sms", address="+573007654321") is None
    assert GONE == await suppression(stores, of, channel="sms", address="+573001234567", person="p-other")


async def test_what_is_found_gone_again_begins_anew(stores: Stores, of: StoredEvent) -> None:
    one = await found_gone(stores, of)
    later = now()
    await stores.receipts.suppress([InvalidContact(message_id=one.id, at=later, reason="x", provider="smtp")])

    assert SuppressionStatus(reason="gone", since=later) == await suppression(stores, of)


async def test_a_consent_taken_back_outlasts_the_end_of_what_was_gone(
    stores: Stores, of: StoredEvent
) -> None:
    """A number that is tried anew after its time is still one that asked for no advertisements."""
    await found_gone(stores, of)
    await said(stores, of, "BAJA")

    found = await suppression(stores, of, purpose=Purpose.COMMERCIAL)
    assert found is not None
    assert (found.since, found.until) == (None, None)
    assert GONE == await suppression(stores, of, purpose=Purpose.SERVICE)


async def test_a_message_without_an_address_bars_nobody(stores: Stores, of: StoredEvent) -> None:
    await found_gone(stores, of, address="")

    assert await suppression(stores, of, address="") is None


async def test_nothing_gone_asks_nothing(stores: Stores) -> None:
    await stores.delivery.suppress([])


@pytest.mark.parametrize("purpose", Purpose)
async def test_a_consent_is_taken_back_for_what_needs_one_and_for_nothing_else(
    stores: Stores, of: StoredEvent, purpose: Purpose
) -> None:
    await said(stores, of, "BAJA")
    found = await suppression(stores, of, purpose=purpose)

    assert (purpose in {Purpose.COMMERCIAL, Purpose.SURVEY}) is (found is not None)
    assert found is None or found.reason == "opted_out"


async def test_a_consent_is_taken_back_for_all_that_the_person_has(stores: Stores, of: StoredEvent) -> None:
    await said(stores, of, "SALIR")
    number = {"channel": "sms", "address": "+573001234567", "purpose": Purpose.SURVEY}

    assert await suppression(stores, of, **number) is not None
    assert await suppression(stores, of, **number, person="p-other") is None


async def test_who_was_handed_our_mail_on_speaks_for_himself_only(stores: Stores, of: StoredEvent) -> None:
    await said(stores, of, "SALIR", address="Vecino@example.com")

    assert await suppression(stores, of, purpose=Purpose.SURVEY) is None
    assert await suppression(stores, of, purpose=Purpose.SURVEY, person="p-v", address="vecino@example.com")


async def test_an_ordinary_reply_and_a_machine_take_nothing_back(stores: Stores, of: StoredEvent) -> None:
    await said(stores, of, "Quiero cancelar mi cita")
    await said(stores, of, "BAJA", automatic=True)

    assert await suppression(stores, of, purpose=Purpose.COMMERCIAL) is None


async def test_the_consent_can_be_given_back_and_taken_again(stores: Stores, of: StoredEvent) -> None:
    found = []
    for word in ("BAJA", "INICIAR", "Alto, por favor"):
        await said(stores, of, word)
        found.append(await suppression(stores, of, purpose=Purpose.SURVEY) is not None)

    assert [True, False, True] == found


async def test_who_complains_is_asked_nothing_more(stores: Stores, of: StoredEvent) -> None:
    one = message(of, address=MAIL, occasion="unwanted", state=State.SENT)
    await stores.add(one)
    complaint = Complaint(channel="email", provider="smtp", message_id=one.id, kind="abuse", at=NOON)
    await stores.replies.add(complained(complaint, await stores.replies.about_message(one.id)))
    found = await suppression(stores, of, purpose=Purpose.COMMERCIAL)

    assert found is not None
    assert "complaint" == found.reason
    assert await suppression(stores, of, purpose=Purpose.LEGAL) is None


async def test_a_complaint_about_nothing_of_ours_bars_nobody(stores: Stores, of: StoredEvent) -> None:
    complaint = Complaint(channel="email", provider="smtp", message_id=uuid4(), kind="abuse", at=NOON)
    await stores.replies.add(complained(complaint, await stores.replies.about_message(complaint.message_id)))

    assert await suppression(stores, of, purpose=Purpose.COMMERCIAL, address="") is None
