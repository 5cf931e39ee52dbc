"""The contract of the stores of API keys and audit notes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.access.api_keys import issue, opens, renew
from hub.access.audit import note
from hub.catalog import BY_NAME
from hub.errors import StorageRefused
from hub.model import ApiKey, Note, Scope
from hub.ports import NoteFilter
from tests.acceptance.harness import until
from tests.contract.stores import RealStores, Stores
from tests.contract.values import HOUR, now

CRM = "urn:coproservicios:crm"


def made(name: str = "crm", **fields: Any) -> tuple[ApiKey, str]:
    values: dict[str, Any] = {"scopes": {Scope.PUBLISH}, "known_types": BY_NAME, "by": "ana", "now": now()}
    return issue(name, **{**values, **fields})


async def names(stores: Stores) -> list[str]:
    return [key.name for key in await stores.keys.live_keys()]


async def test_a_key_comes_back_as_it_was_kept(stores: Stores) -> None:
    key, token = made(
        scopes={Scope.PUBLISH, Scope.READ},
        source=CRM,
        event_types=["pqrs.received"],
        amqp_user="crm",
        cases_of=["urn:forms"],
        expires_at=now() + HOUR,
    )
    await stores.keys.add(key)
    [found] = await stores.keys.live_keys()

    assert found == key
    assert opens(found, token, now=now())


async def test_ended_keys_still_say_that_a_user_was_bound(stores: Stores) -> None:
    found = [await stores.keys.senders()]
    for name, bounds in (
        ("reader", {}),
        ("http", {"source": CRM}),
        ("crm", {"source": CRM, "amqp_user": "crm"}),
    ):
        await stores.keys.add(made(name, **bounds)[0])
        found.append(await stores.keys.senders())
    for name in ("reader", "http", "crm"):
        await stores.keys.revoke(name)
    found.append(await stores.keys.senders())

    assert [
        ([], False, False),
        (["reader"], False, False),
        (["http", "reader"], False, True),
        (["crm", "http", "reader"], True, True),
        ([], True, True),
    ] == [(sorted(key.name for key in one.live), one.ever_bound, one.ever_sourced) for one in found]


async def test_key_name_is_unique_among_live_keys(stores: Stores) -> None:
    first = await stores.keys.add(made()[0])
    again = await stores.keys.add(made()[0])
    await stores.keys.revoke("crm")
    after = await stores.keys.add(made()[0])

    assert (first, again, after) == (True, False, True)
    assert [key.live(now()) for key in await stores.keys.keys()] == [True, False]


async def test_a_rotated_key_works_until_it_ends(stores: Stores) -> None:
    old, _ = made()
    await stores.keys.add(old)
    fresh, _ = renew(old, by="luis", now=now())
    rotated = await stores.keys.rotate(fresh, old_ends_at=now() + timedelta(milliseconds=300))

    both = {key.prefix for key in await stores.keys.live_keys()}

    async def one_is_left() -> bool:
        return len(await stores.keys.live_keys()) == 1

    await until(one_is_left, "one key")
    left = await stores.keys.live_keys()

    assert rotated
    assert both == {old.prefix, fresh.prefix}
    assert [key.prefix for key in left] == [fresh.prefix]


async def test_rotation_does_not_extend_an_expiring_key(stores: Stores) -> None:
    ends = now() + HOUR
    old, _ = made(expires_at=ends)
    await stores.keys.add(old)
    await stores.keys.rotate(renew(old, by="luis", now=now())[0], old_ends_at=now() + 2 * HOUR)

    assert ends in [key.expires_at for key in await stores.keys.keys()]


async def test_without_a_live_key_there_is_nothing_to_rotate_or_revoke(stores: Stores) -> None:
    assert not await stores.keys.rotate(made()[0], old_ends_at=now() + HOUR)
    assert await stores.keys.revoke("crm") == 0
    assert await stores.keys.keys() == []


@pytest.mark.parametrize("by", ["name", "prefix"])
async def test_a_key_is_revoked_by_its_name_or_its_prefix(stores: Stores, by: str) -> None:
    key, _ = made()
    for api_key in (key, made("other")[0]):
        await stores.keys.add(api_key)

    assert await stores.keys.revoke(getattr(key, by)) == 1
    assert await names(stores) == ["other"]


async def test_last_use_is_stored_to_the_minute(stores: Stores) -> None:
    key, _ = made()
    await stores.keys.add(key)
    await stores.keys.used(key.prefix)
    [first] = await stores.keys.keys()
    await stores.keys.used(key.prefix)
    [second] = await stores.keys.keys()

    assert first.used_at is not None
    assert second.used_at == first.used_at


async def test_notes_are_listed_newest_first_page_by_page(stores: RealStores) -> None:
    for number in range(3):
        await note(stores.audit, who="ana", action="pause", subject=f"channel:{number}", changed=True)
    first = await stores.audit.notes(after=None, limit=2)
    second = await stores.audit.notes(after=first.next, limit=2)

    subjects = [row.subject for row in [*first.items, *second.items]]
    assert subjects == ["channel:2", "channel:1", "channel:0"]
    assert first.items[0].detail == {"changed": True}
    assert second.next is None


async def test_invalid_cursor_is_refused(stores: RealStores) -> None:
    await stores.audit.add(Note(id=uuid4(), at=now(), who="ñ\0", action="a", subject="s", detail={}))

    with pytest.raises(StorageRefused):
        await stores.audit.notes(after="x", limit=2)


async def connect(stores: Stores) -> None:
    """Open connections first: otherwise connecting would serialise the callers, and there is no race."""
    await asyncio.gather(*(stores.keys.live_keys() for _ in range(8)))


async def test_concurrent_creations_of_a_name_make_one_key(stores: Stores) -> None:
    await connect(stores)
    added = await asyncio.gather(*(stores.keys.add(made()[0]) for _ in range(8)))

    assert (1, ["crm"]) == (added.count(True), await names(stores))


async def test_concurrent_rotations_each_end_the_previous_key(stores: Stores) -> None:
    old, _ = made()
    await stores.keys.add(old)
    ends = now() + HOUR
    fresh = [renew(old, by="luis", now=now())[0] for _ in range(6)]
    await connect(stores)
    rotated = await asyncio.gather(*(stores.keys.rotate(key, old_ends_at=ends) for key in fresh))

    assert [True] * 6 == list(rotated)
    assert 1 == sum(key.expires_at is None for key in await stores.keys.live_keys())


async def test_notes_are_narrowed_by_author_action_and_instant(stores: RealStores) -> None:
    begun = now()
    await note(stores.audit, who="account:ana", action="pause", subject="channel:sms", person="p-1")
    await note(stores.audit, who="account:luis", action="pause", subject="channel:email")
    await note(stores.audit, who="account:ana", action="case.show", subject="case:pqrs_id:7", person="p-1")

    async def subjects(person: str | None = None, **narrowed: Any) -> list[str]:
        page = await stores.audit.notes(after=None, limit=9, person=person, narrowed=NoteFilter(**narrowed))
        return [row.subject for row in page.items]

    assert await subjects(who="ana") == await subjects(who="account:ana") == ["case:pqrs_id:7", "channel:sms"]
    assert await subjects(action="pause") == ["channel:email", "channel:sms"]
    assert await subjects(subject="pqrs_id:7") == ["case:pqrs_id:7"]
    assert await subjects(person="p-1", action="pause") == ["channel:sms"]
    assert await subjects(until=begun) == []
    assert len(await subjects(since=begun - timedelta(minutes=1), who="ana\0")) == 0
