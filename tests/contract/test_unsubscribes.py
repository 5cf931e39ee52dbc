"""The contract of the UnsubscribeStore: a refusal by a mail's own link, and its effect on later mails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.model import Message, Purpose, Revocation, State, StoredEvent
from hub.storage import Database
from tests.contract.stores import Stores, open_stores
from tests.contract.test_consents import MAIL, publish, settle, suppression
from tests.contract.values import HOUR, consent, event, message, now, stored

PROOF = "sha256:" + "ab" * 32


async def surveyed(stores: Stores, of: StoredEvent, **fields: Any) -> Message:
    values = {"purpose": Purpose.SURVEY, "address": MAIL, "state": State.SENT, **fields}
    mail = message(of, **values)
    await stores.add(mail)
    return mail


def refusal(mail: Message, at: datetime | None = None) -> Revocation:
    return Revocation(
        message_id=mail.id,
        purpose=mail.purpose,
        method="one_click",
        proof=PROOF,
        at=at or now(),
    )


async def test_refusal_by_link_stops_the_purpose_by_every_channel_and_nothing_else(
    stores: Stores, of: StoredEvent
) -> None:
    await publish(stores, consent("p-1", "survey", "commercial"))
    mail = await surveyed(stores, of)
    before = await suppression(stores, of, purpose=Purpose.SURVEY)
    changed = await stores.unsubscribes.unsubscribe(refusal(mail))
    ways = {
        "survey by mail": await suppression(stores, of, purpose=Purpose.SURVEY),
        "survey by sms": await suppression(stores, of, "sms", purpose=Purpose.SURVEY, address="+573001"),
        "offer by mail": await suppression(stores, of),
        "service by mail": await suppression(stores, of, purpose=Purpose.SERVICE),
    }

    assert (None, True) == (before, changed)
    assert {
        "survey by mail": "opted_out",
        "survey by sms": "opted_out",
        "offer by mail": None,
        "service by mail": None,
    } == ways


async def test_refusal_by_link_counts_also_for_another_address_of_the_person(
    stores: Stores, of: StoredEvent
) -> None:
    await publish(stores, consent("p-1", "survey"))
    await stores.unsubscribes.unsubscribe(refusal(await surveyed(stores, of)))

    assert "opted_out" == await suppression(stores, of, purpose=Purpose.SURVEY, address="other@example.com")


async def test_refusal_by_link_from_a_shared_mailbox_counts_for_each_who_has_pressed(
    stores: Stores, of: StoredEvent
) -> None:
    await publish(stores, *(consent(ref, "survey") for ref in ("p-1", "p-2", "p-3")))
    for ref in ("p-1", "p-2"):
        mail = await surveyed(stores, of, person=ref, occasion=ref)
        await stores.unsubscribes.unsubscribe(refusal(mail))
    by_text = {"channel": "whatsapp", "purpose": Purpose.SURVEY, "address": "+573001"}

    assert ("opted_out", "not_consented", None) == tuple(
        [await suppression(stores, of, person=ref, **by_text) for ref in ("p-1", "p-2", "p-3")]
    )


async def test_repeated_refusal_by_link_changes_nothing(stores: Stores, of: StoredEvent) -> None:
    mail = await surveyed(stores, of)
    first = await stores.unsubscribes.recipient(mail.id, "survey")
    changes = [await stores.unsubscribes.unsubscribe(refusal(mail)) for _ in range(2)]

    assert [True, False] == changes
    assert (("p-1", False), ("p-1", True)) == (
        first,
        await stores.unsubscribes.recipient(mail.id, "survey"),
    )


async def test_link_of_another_purpose_finds_no_mail(stores: Stores, of: StoredEvent) -> None:
    mail = await surveyed(stores, of)

    assert await stores.unsubscribes.recipient(mail.id, "commercial") is None


async def test_later_consent_is_refused_again_by_the_same_link(stores: Stores, of: StoredEvent) -> None:
    await settle(stores, "p-1")
    mail = await surveyed(stores, of)
    await stores.unsubscribes.unsubscribe(refusal(mail, now() - HOUR))
    yes = consent("p-1", "survey", captured_at=now().isoformat())
    await publish(stores, yes)
    between = await suppression(stores, of, purpose=Purpose.SURVEY)
    again = await stores.unsubscribes.unsubscribe(refusal(mail, now() + HOUR))

    assert (None, True) == (between, again)
    assert "opted_out" == await suppression(stores, of, purpose=Purpose.SURVEY)


async def test_ledger_keeps_the_refusal_for_every_channel_with_its_proof(
    emptied_database: str,
) -> None:
    one = stored(event(data={"pqrs_id": "PQ-1"}))
    async with open_stores(emptied_database) as real, Database(emptied_database) as database:
        async with real.intake.transaction() as transaction:
            await transaction.add_events([one])
        await real.unsubscribes.unsubscribe(refusal(await surveyed(real, one)))
        rows = await database.rows(
            "SELECT person, purpose, channels, granted, method, evidence_hash FROM consent"
        )

    assert [("p-1", "survey", [], False, "one_click", PROOF)] == [tuple(row) for row in rows]
