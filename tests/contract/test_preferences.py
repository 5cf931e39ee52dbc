"""Wishes, marks and refusals by a mail's own link, as they are kept and as a claim reports them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hub.model import (
    Mark,
    MarkEntry,
    MarkReason,
    Message,
    PreferenceEntry,
    Preferences,
    Purpose,
    QuietHours,
    Revocation,
    State,
    StoredEvent,
)
from hub.storage import Database
from tests.contract.stores import RealStores, Stores, open_stores
from tests.contract.test_consents import MAIL, publish, settle, suppression
from tests.contract.values import HOUR, NOON, consent, event, message, now, stored

NIGHT = Preferences(quiet_hours=QuietHours(since="21:00", until="07:00"))
FORM = Preferences(channels={Purpose.SERVICE: ("email",)})


def change(version: int, wishes: Preferences) -> PreferenceEntry:
    return PreferenceEntry(person="p-1", version=version, at=NOON, by="p-1", way="page", wishes=wishes)


def marked(
    reason: MarkReason, since: datetime = NOON, until: datetime | None = None, who: str = "p-1"
) -> MarkEntry:
    return MarkEntry(id=uuid4(), person=who, reason=reason, since=since, until=until, by="ana")


async def claimed(stores: RealStores, of: StoredEvent) -> tuple[Preferences | None, Mark | None]:
    """Return what the claim of a new message says, without a mark whose end has come."""
    one = message(of, purpose=Purpose.SERVICE, occasion=str(uuid4()))
    await stores.add(one)
    [claim] = await stores.claim(one)
    mark = claim.contact.mark
    return claim.contact.preferences, mark if mark is not None and mark.holds(now()) else None


async def test_newest_wishes_are_in_force_and_a_taken_version_is_refused(
    stores: RealStores, of: StoredEvent
) -> None:
    first, second = change(1, NIGHT), change(2, FORM)
    kept = [await stores.preferences.keep(entry) for entry in (first, second, change(2, NIGHT))]

    assert [True, True, False] == kept
    assert second == await stores.preferences.latest("p-1")
    assert [second, first] == list(await stores.preferences.history("p-1", limit=9))
    assert (FORM, None) == await claimed(stores, of)


async def test_who_has_never_wished_has_no_wishes(stores: RealStores, of: StoredEvent) -> None:
    assert await stores.preferences.latest("p-1") is None
    assert (None, None) == await claimed(stores, of)


async def test_oldest_mark_counts_and_that_of_the_deceased_before_all(
    stores: RealStores, of: StoredEvent
) -> None:
    contested = marked(MarkReason.CONTESTED_ACCOUNT)
    hidden = marked(MarkReason.PROTECTED_ADDRESS, since=NOON + HOUR)
    await stores.preferences.mark(marked(MarkReason.DECEASED, who="p-2"))
    for entry in (contested, hidden, hidden):
        await stores.preferences.mark(entry)
    _, before = await claimed(stores, of)
    dead = marked(MarkReason.DECEASED, since=NOON + 2 * HOUR)
    await stores.preferences.mark(dead)
    _, after = await claimed(stores, of)

    assert before == Mark(reason=contested.reason, since=contested.since)
    assert after == Mark(reason=dead.reason, since=dead.since)
    assert [dead, hidden, contested] == list(await stores.preferences.marks("p-1"))


async def test_ended_mark_counts_no_more_and_stays_on_record(stores: RealStores, of: StoredEvent) -> None:
    await stores.preferences.mark(marked(MarkReason.CONTESTED_ACCOUNT))
    await stores.preferences.mark(marked(MarkReason.PROTECTED_ADDRESS, until=now() - timedelta(hours=1)))
    at = now()
    ended = await stores.preferences.end_marks("p-1", None, at=at, by="luis")
    again = await stores.preferences.end_marks("p-1", None, at=at, by="luis")
    known = {mark.reason: mark.ended_by for mark in await stores.preferences.marks("p-1")}

    assert (1, 0) == (ended, again)
    assert {MarkReason.CONTESTED_ACCOUNT: "luis", MarkReason.PROTECTED_ADDRESS: None} == known
    assert (None, None) == await claimed(stores, of)


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
