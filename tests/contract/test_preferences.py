"""Wishes and marks, as they are kept and as a claim reports them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from hub.model import (
    Mark,
    MarkEntry,
    MarkReason,
    PreferenceEntry,
    Preferences,
    Purpose,
    QuietHours,
    StoredEvent,
)
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, NOON, message, now

NIGHT = Preferences(quiet_hours=QuietHours(since="21:00", until="07:00"))
MAIL = Preferences(channels={Purpose.SERVICE: ("email",)})


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
    first, second = change(1, NIGHT), change(2, MAIL)
    kept = [await stores.preferences.keep(entry) for entry in (first, second, change(2, NIGHT))]

    assert [True, True, False] == kept
    assert second == await stores.preferences.latest("p-1")
    assert [second, first] == list(await stores.preferences.history("p-1", limit=9))
    assert (MAIL, None) == await claimed(stores, of)


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
