"""The contract of the ContactStore: operators see and correct contact points."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.errors import StorageRefused
from hub.inbound.replies import read
from hub.model import InvalidContact, Purpose, Reply, State, StoredEvent, SuppressionStatus
from hub.ports.casework import ReplyFilter
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, NOON, message, now

MAIL = "maria@example.com"


async def write(stores: RealStores, text: str, **fields: Any) -> UUID:
    reply = Reply(
        **{
            "channel": "email",
            "provider": "mail",
            "reference": str(uuid4()),
            "address": MAIL,
            "text": text,
            "at": NOON,
            "subject": "Re: su caso",
            **fields,
        }
    )
    kept = await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))
    return kept.id


async def suppression(stores: RealStores, of: StoredEvent, **fields: Any) -> SuppressionStatus | None:
    one = message(of, **{"address": MAIL, "occasion": str(uuid4()), **fields})
    await stores.add(one)
    [claimed] = await stores.claim(one)
    refused = claimed.contact.opted_out
    return claimed.suppression if refused is None else SuppressionStatus(reason=refused)


async def gone(stores: RealStores, of: StoredEvent, address: str, channel: str = "email") -> None:
    one = message(of, address=address, channel=channel, occasion=str(uuid4()), state=State.FAILED)
    await stores.add(one)
    await stores.delivery.suppress(
        [InvalidContact(message_id=one.id, at=now(), reason="smtp_550", provider="smtp", code="550 5.1.1")]
    )


async def test_replies_are_listed_without_text_and_shown_with_it(stores: RealStores) -> None:
    first = await write(stores, "Buenos días")
    second = await write(stores, "SALIR")
    page = await stores.contacts.replies(ReplyFilter(), after=None, limit=10)
    only = await stores.contacts.replies(ReplyFilter(kind="opt_out"), after=None, limit=10)
    whole = await stores.contacts.reply(first)

    assert [str(second), str(first)] == [row["id"] for row in page.items]
    assert [str(second)] == [row["id"] for row in only.items]
    assert not any({"text", "subject"} & row.keys() for row in page.items)
    assert not any(MAIL in str(row) for row in [*page.items, whole])
    assert whole is not None
    assert ("Buenos días", "Re: su caso") == (whole["text"], whole["subject"])
    assert await stores.contacts.reply(uuid4()) is None


async def test_lists_have_pages(stores: RealStores, of: StoredEvent) -> None:
    for number in range(3):
        await gone(stores, of, f"{number}@example.com")
        await write(stores, "BAJA", address=f"{number}@example.com")
    for listing, total in (
        (stores.contacts.suppressions, 3),
        (stores.contacts.opt_outs, 6),
        (lambda **fields: stores.contacts.replies(ReplyFilter(), **fields), 3),
    ):
        seen, after = [], None
        while True:
            page = await listing(after=after, limit=2)
            seen += [row["id"] for row in page.items]
            if (after := page.next) is None:
                break
        assert (total, total) == (len(seen), len(set(seen)))
        with pytest.raises(StorageRefused):
            await listing(after="nonsense", limit=2)


async def test_a_suppression_says_why_and_is_lifted_by_address_on_all_channels(
    stores: RealStores, of: StoredEvent
) -> None:
    await gone(stores, of, "+573001234567", "sms")
    await gone(stores, of, "+573001234567", "whatsapp")
    rows = (await stores.contacts.suppressions(after=None, limit=10)).items
    assert {("smtp_550", "smtp", "550 5.1.1")} == {
        (row["reason"], row["provider"], row["code"]) for row in rows
    }
    assert not any("3001234567" in str(row) for row in rows)

    assert 2 == await stores.contacts.lift_suppression("+573001234567", by="laura")
    assert 0 == await stores.contacts.lift_suppression("+573001234567", by="laura")
    assert await suppression(stores, of, channel="sms", address="+573001234567") is None
    lifted = (await stores.contacts.suppressions(after=None, limit=10)).items
    assert all(row["lifted_at"] is not None for row in lifted)


async def test_a_suppression_is_lifted_by_its_id(stores: RealStores, of: StoredEvent) -> None:
    await gone(stores, of, MAIL)
    await gone(stores, of, "other@example.com")
    rows = (await stores.contacts.suppressions(after=None, limit=10)).items

    assert 1 == await stores.contacts.lift_suppression(rows[1]["id"], by="laura")
    assert await suppression(stores, of) is None
    assert await suppression(stores, of, address="other@example.com") is not None


async def test_lifted_suppression_starts_again_after_a_new_failure(
    stores: RealStores, of: StoredEvent
) -> None:
    await gone(stores, of, MAIL)
    await stores.contacts.lift_suppression(MAIL, by="laura")
    await gone(stores, of, MAIL)

    assert await suppression(stores, of) is not None


async def test_an_operator_suppresses_an_address_with_an_end(stores: RealStores, of: StoredEvent) -> None:
    end = now().replace(microsecond=0) + HOUR
    await stores.contacts.suppress_address(MAIL, "email", reason="typing error", until=end, by="laura")
    found = await suppression(stores, of, purpose=Purpose.LEGAL)

    assert found is not None
    assert ("suppressed", end) == (found.reason, found.until)
    assert found.since is not None
    assert abs(found.since - now()) < timedelta(seconds=5)


async def test_opt_out_is_lifted_by_address_or_id(stores: RealStores, of: StoredEvent) -> None:
    await write(stores, "BAJA")
    rows = (await stores.contacts.opt_outs(after=None, limit=10)).items
    assert {"commercial", "survey"} == {row["purpose"] for row in rows}
    survey = next(row["id"] for row in rows if row["purpose"] == "survey")

    assert 1 == await stores.contacts.lift_opt_out(survey, by="laura")
    assert await suppression(stores, of, purpose=Purpose.SURVEY) is None
    assert await suppression(stores, of, purpose=Purpose.COMMERCIAL) is not None
    assert 1 == await stores.contacts.lift_opt_out(MAIL.upper(), by="laura")
    assert await suppression(stores, of, purpose=Purpose.COMMERCIAL) is None
