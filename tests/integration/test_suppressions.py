"""Suppressions and opt-outs: operators see them masked, suppress an address, and lift old ones."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.desk.suppressions import acts
from hub.desk.suppressions.rows import LiftBody
from hub.doors.operator import Operator
from hub.errors import StorageRefused
from hub.inbound.replies import read
from hub.model import InvalidContact, Purpose, Reply, State, StoredEvent, SuppressionStatus
from hub.model.pages import PageQuery
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, NOON, event, message, now, stored
from tests.operators import operator

MAIL = "maria@example.com"
NUMBER = "+573001234567"


@pytest.fixture
async def of(stores: RealStores) -> StoredEvent:
    one = stored(event(data={"pqrs_id": "PQ-1"}), copropiedad_id="ph-1", unit_id="u-1")
    await stores.add_events(one)
    return one


@pytest.fixture
def ana(stores: RealStores) -> Operator:
    return operator(stores.database)


async def write(stores: RealStores, text: str, address: str = MAIL) -> None:
    reply = Reply(
        channel="email", provider="mail", reference=str(uuid4()), address=address, text=text, at=NOON
    )
    await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))


async def found(stores: RealStores, of: StoredEvent, **fields: Any) -> SuppressionStatus | None:
    """Return what keeps a new message from leaving."""
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


async def lifted(ana: Operator, named: object) -> int:
    return (await acts.lift_suppression(ana, LiftBody(address=str(named)))).lifted


async def test_lists_have_pages(stores: RealStores, of: StoredEvent, ana: Operator) -> None:
    for number in range(3):
        await gone(stores, of, f"{number}@example.com")
        await write(stores, "BAJA", f"{number}@example.com")
    listings: tuple[tuple[Callable[..., Awaitable[Any]], int], ...] = (
        (acts.list_suppressions, 3),
        (acts.list_opt_outs, 6),
    )
    for listing, total in listings:
        seen, after = set(), None
        while True:
            page = await listing(ana, PageQuery(after=after, limit=2))
            seen |= {row.id for row in page.items}
            if (after := page.next) is None:
                break
        assert total == len(seen)
        with pytest.raises(StorageRefused):
            await listing(ana, PageQuery(after="nonsense"))


async def test_a_suppression_says_why_and_is_lifted_by_address_on_all_channels(
    stores: RealStores, of: StoredEvent, ana: Operator
) -> None:
    await gone(stores, of, NUMBER, "sms")
    await gone(stores, of, NUMBER, "whatsapp")
    rows = (await acts.list_suppressions(ana, PageQuery())).items

    assert {("smtp_550", "smtp", "550 5.1.1")} == {(row.reason, row.provider, row.code) for row in rows}
    assert not any("3001234567" in row.address for row in rows)
    assert [2, 0] == [await lifted(ana, NUMBER) for _ in range(2)]
    assert await found(stores, of, channel="sms", address=NUMBER) is None
    after = (await acts.list_suppressions(ana, PageQuery())).items
    assert {ana.who} == {row.lifted_by for row in after if row.lifted_at is not None}


async def test_a_suppression_is_lifted_by_its_id(stores: RealStores, of: StoredEvent, ana: Operator) -> None:
    await gone(stores, of, MAIL)
    await gone(stores, of, "other@example.com")
    rows = (await acts.list_suppressions(ana, PageQuery())).items

    assert 1 == await lifted(ana, rows[1].id)
    assert await found(stores, of) is None
    assert await found(stores, of, address="other@example.com") is not None


async def test_lifted_suppression_starts_again_after_a_new_failure(
    stores: RealStores, of: StoredEvent, ana: Operator
) -> None:
    await gone(stores, of, MAIL)
    await lifted(ana, MAIL)
    await gone(stores, of, MAIL)

    assert await found(stores, of) is not None


async def test_an_operator_suppresses_an_address_with_an_end(
    stores: RealStores, of: StoredEvent, ana: Operator
) -> None:
    end = now().replace(microsecond=0) + HOUR
    await acts.suppress(ana, MAIL, "email", reason="typing error", until=end)
    shown = await found(stores, of, purpose=Purpose.LEGAL)

    assert shown is not None
    assert ("suppressed", end) == (shown.reason, shown.until)
    assert shown.since is not None
    assert abs(shown.since - now()) < timedelta(seconds=5)


async def test_opt_out_is_lifted_by_address_or_id(stores: RealStores, of: StoredEvent, ana: Operator) -> None:
    await write(stores, "BAJA")
    rows = (await acts.list_opt_outs(ana, PageQuery())).items
    survey = next(row.id for row in rows if row.purpose == "survey")
    one = await acts.lift_opt_out(ana, LiftBody(address=str(survey)))

    assert {"commercial", "survey"} == {row.purpose for row in rows}
    assert not any(MAIL in row.address for row in rows)
    assert 1 == one.lifted
    assert await found(stores, of, purpose=Purpose.SURVEY) is None
    assert await found(stores, of, purpose=Purpose.COMMERCIAL) is not None
    assert 1 == (await acts.lift_opt_out(ana, LiftBody(address=MAIL))).lifted
    assert await found(stores, of, purpose=Purpose.COMMERCIAL) is None
