"""Replies in PostgreSQL, as operators see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.errors import StorageRefused
from hub.inbound.replies import read
from hub.ports.cases import ReplyFilter
from tests.contract.stores import RealStores
from tests.contract.values import mailed, now

MAIL = "maria@example.com"


async def write(stores: RealStores, text: str, **fields: Any) -> UUID:
    reply = mailed(text, **{"address": MAIL, "subject": "Re: su caso", **fields})
    kept = await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))
    return kept.id


async def test_replies_are_listed_without_text_and_shown_with_it(stores: RealStores) -> None:
    first = await write(stores, "Buenos días")
    second = await write(stores, "SALIR")
    page = await stores.contacts.replies(ReplyFilter(), after=None, limit=10)
    only = await stores.contacts.replies(ReplyFilter(kind="opt_out"), after=None, limit=10)
    whole = await stores.contacts.reply(first)

    assert [second, first] == [row.id for row in page.items]
    assert [second] == [row.id for row in only.items]
    assert not any("Buenos días" in str(row) for row in page.items)
    assert not any(MAIL in str(row) for row in [*page.items, whole])
    assert whole is not None
    assert ("Buenos días", "Re: su caso") == (whole.text, whole.subject)
    assert await stores.contacts.reply(uuid4()) is None


async def test_replies_have_pages(stores: RealStores) -> None:
    for number in range(3):
        await write(stores, "BAJA", address=f"{number}@example.com")
    seen, after = set(), None
    while True:
        page = await stores.contacts.replies(ReplyFilter(), after=after, limit=2)
        seen |= {row.id for row in page.items}
        if (after := page.next) is None:
            break

    assert 3 == len(seen)
    with pytest.raises(StorageRefused):
        await stores.contacts.replies(ReplyFilter(), after="nonsense", limit=2)
