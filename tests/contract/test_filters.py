"""A caller limited to some copropiedades sees and changes only what belongs to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from hub.desk.letters import queries as letters
from hub.desk.letters.rows import LettersQuery
from hub.desk.suppressions import acts
from hub.inbound.replies import read
from hub.model import ClockState, InvalidContact, Message, PropertyScope, State, StoredEvent
from hub.model.bulk import BulkKind
from hub.model.pages import PageQuery
from hub.ports import MessageFilter
from hub.ports.cases import ReplyFilter
from tests.contract.many import run
from tests.contract.stores import RealStores
from tests.contract.test_letter_store import letter
from tests.contract.values import HOUR, NOON, clock, event, mailed, message, now, stored
from tests.contract.values import letter as dead_letter

A, B, BOTH = frozenset({"ph-a"}), frozenset({"ph-b"}), frozenset({"ph-a", "ph-b"})
NOWHERE: frozenset[str] = frozenset()
everywhere = pytest.mark.parametrize(
    ("places", "seen"),
    [(None, "ab-"), (BOTH, "ab"), (A, "a"), (B, "b"), (NOWHERE, ""), (frozenset({"ph-c"}), "")],
    ids=["everywhere", "both", "a", "b", "nowhere", "another"],
)
"""The copropiedades, and the letters of the visible rows; `-` belongs to no copropiedad."""

PLACE = {"a": "ph-a", "b": "ph-b", "-": None}


async def happen(stores: RealStores) -> dict[str, StoredEvent]:
    """One event in each copropiedad, and one in none."""
    events = {name: stored(event(id=f"event {name}"), copropiedad_id=place) for name, place in PLACE.items()}
    await stores.add_events(*events.values())
    return events


async def store_messages(stores: RealStores, **fields: object) -> dict[str, Message]:
    """One message of each of these events."""
    messages = {
        name: message(of, contact_id=name, address=f"{name}@example.com", **fields)
        for name, of in (await happen(stores)).items()
    }
    await stores.add(*messages.values())
    return messages


@everywhere
@pytest.mark.parametrize("asked", [{}, {"state": "queued"}, {"person": "p-1"}, {"channel": "email"}], ids=str)
async def test_messages_are_listed_and_counted_where_they_belong(
    stores: RealStores, places: PropertyScope, seen: str, asked: dict[str, Any]
) -> None:
    messages = await store_messages(stores)
    page = await stores.log.messages(MessageFilter(**asked, places=places), after=None, limit=10)
    counts = await stores.log.counts(places)

    assert {messages[name].id for name in seen} == {row.id for row in page.items}
    assert page.next is None
    assert len(seen) == counts["messages"].get("queued", 0)


@everywhere
async def test_a_message_is_shown_where_it_belongs_masked_or_whole(
    stores: RealStores, places: PropertyScope, seen: str
) -> None:
    for name, one in (await store_messages(stores)).items():
        masked = await stores.log.message(one.id, places=places)
        whole = await stores.log.message(one.id, places=places, whole=True)

        assert (name in seen) == (masked is not None) == (whole is not None)
        assert masked is None or "María" not in str(masked)
        assert whole is None or ("María Peña", one.address) == (whole.name, whole.address)


async def test_pages_of_two_copropiedades_have_no_gap_and_no_repetition(
    stores: RealStores,
) -> None:
    events = await happen(stores)
    planned = {
        name: [message(events[name], contact_id=str(n), created_at=NOON + n * HOUR) for n in range(3)]
        for name in "ab-"
    }
    await stores.add(*(one for messages in planned.values() for one in messages))
    found: list[UUID] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = await stores.log.messages(MessageFilter(places=BOTH), after=after, limit=2)
        found += [row.id for row in page.items]
        after, pages = page.next, pages + 1
    newest = sorted(
        planned["a"] + planned["b"], key=lambda message: (message.created_at, message.id), reverse=True
    )

    assert [one.id for one in newest] == found
    assert 3 == pages


async def test_the_next_step_of_a_message_belongs_where_the_first_one_did(stores: RealStores) -> None:
    messages = await store_messages(stores)
    following = replace(messages["a"], id=uuid4(), step=1, channel="sms")
    await stores.delivery.add_messages([following])

    assert await stores.log.message(following.id, places=A) is not None
    assert await stores.log.message(following.id, places=B) is None


@everywhere
async def test_redrive_is_limited_to_the_given_copropiedades(
    stores: RealStores, places: PropertyScope, seen: str
) -> None:
    await store_messages(stores, state=State.FAILED, reason="smtp_550")
    wish = MessageFilter(state="failed", places=places)
    done = await run(stores, BulkKind.RESEND, wish)
    left = await stores.log.counts()

    assert len(seen) == sum(done.verdicts.values()) == sum(len(ticket.ids) for ticket in done.tickets)
    assert 3 - len(seen) == left["messages"].get("failed", 0)


@everywhere
async def test_clocks_are_listed_and_counted_where_they_belong(
    stores: RealStores, places: PropertyScope, seen: str
) -> None:
    opened = await happen(stores)
    clocks = {
        # One has its own, one takes it from the event that opened it, one has none.
        "a": clock("a", context={"copropiedad_id": "ph-a"}, opened_by=None),
        "b": clock("b", context={}, opened_by=opened["b"].key, due_at=NOON + HOUR),
        "-": clock("-", context={}, opened_by=None),
        "ended": clock("ended", state=ClockState.MET, ended_at=NOON, context={"copropiedad_id": "ph-a"}),
    }
    async with stores.intake.transaction() as transaction:
        await transaction.save_clocks(list(clocks.values()))
        await transaction.save_clocks([clocks["b"]])
    recent = await stores.log.recent_clocks(state="open", after=None, limit=10, places=places)
    counts = await stores.log.counts(places)
    whole = [await stores.log.clock(clocks[name].id, places=places) for name in PLACE]

    assert [clocks[name].id for name in PLACE if name in seen] == [one.id for one in whole if one]
    assert {clocks[name].id for name in seen} == {row.id for row in recent.items}
    assert len(seen) == counts["clocks"].get("open", 0)


async def test_the_clocks_of_copropiedades_are_listed_soonest_due_first_page_by_page(
    stores: RealStores,
) -> None:
    clocks = [
        clock(
            f"{place} {hours}",
            due_at=NOON + hours * HOUR,
            state=state,
            context={"copropiedad_id": place},
            opened_by=None,
        )
        for place, hours, state in (
            *(("ph-a", 3, ClockState.OPEN), ("ph-b", 1, ClockState.BREACHED), ("ph-a", 2, ClockState.OPEN)),
            *(("ph-a", 0, ClockState.MET), ("ph-c", 0, ClockState.OPEN)),
        )
    ]
    await stores.save_clocks(*clocks)
    states = ["open", "breached"]
    first = await stores.log.clocks_of(BOTH, states, after=None, limit=2)
    rest = await stores.log.clocks_of(BOTH, states, after=first.next, limit=2)

    assert ["ph-b 1", "ph-a 2"] == [row.case for row in first.items]
    assert (["ph-a 3"], None) == ([row.case for row in rest.items], rest.next)
    assert [] == (await stores.log.clocks_of(NOWHERE, states, after=None, limit=2)).items


async def test_dead_letters_belong_to_no_copropiedad(stores: RealStores) -> None:
    await stores.add_dead_letters(dead_letter())

    assert {} == (await stores.log.counts(BOTH))["dead"]
    assert {"open": 1} == (await stores.log.counts())["dead"]


@everywhere
async def test_letters_are_shown_and_delivered_where_their_message_belongs(
    stores: RealStores, places: PropertyScope, seen: str
) -> None:
    messages = await store_messages(stores, channel="print", state=State.SENT)
    for one in messages.values():
        await stores.letters.add([letter(one)])
    pages = [
        await letters.letters(stores.database, LettersQuery(handed_over=kind, limit=9), places=places)
        for kind in (None, False)
    ]
    shown = [name for name, one in messages.items() if await letters.letter(stores.database, one.id, places)]
    done = {name: await letters.hand_over(stores.database, one.id, places) for name, one in messages.items()}
    over = await letters.letters(stores.database, LettersQuery(handed_over=True, limit=9))

    assert [{messages[name].id for name in seen}] * 2 == [{row.id for row in page.items} for page in pages]
    assert sorted(seen) == sorted(shown)
    assert {name: True if name in seen else None for name in PLACE} == done
    assert len(seen) == len(over.items)


async def wrote(stores: RealStores, about: UUID | None) -> UUID:
    reply = mailed("Buenos días", subject="Re: su caso", message_id=about)
    kept = await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))
    return kept.id


@everywhere
async def test_replies_are_seen_where_what_they_answer_belongs(
    stores: RealStores, places: PropertyScope, seen: str
) -> None:
    messages = await store_messages(stores, state=State.SENT)
    replies = {name: await wrote(stores, messages[name].id) for name in "ab"}
    replies["-"] = await wrote(stores, None)
    page = await stores.contacts.replies(ReplyFilter(places=places), after=None, limit=9)
    shown = [name for name, one in replies.items() if await stores.contacts.reply(one, places)]

    assert {replies[name] for name in seen} == {row.id for row in page.items}
    assert sorted(seen) == sorted(shown)


@everywhere
async def test_suppressions_are_seen_and_lifted_where_they_were_found_out(
    stores: RealStores, places: PropertyScope, seen: str
) -> None:
    messages = await store_messages(stores, state=State.FAILED)
    found = [
        InvalidContact(message_id=messages[name].id, at=now(), reason="smtp_550", provider="smtp", code="550")
        for name in "ab"
    ]
    await stores.delivery.suppress(found)
    db = stores.database
    await acts.insert_suppression(db, "-@example.com", "email", reason="typing", until=None, by="ana")
    rows = (await acts.suppressions(db, PageQuery())).items
    page = await acts.suppressions(db, PageQuery(), places)
    whole = [await acts.suppression(db, row.id, places=places, whole=True) for row in page.items]
    hidden = [
        row for row in rows if row not in page.items and await acts.suppression(db, row.id, places=places)
    ]
    lifted = [
        await acts.delete_suppression(db, f"{name}@example.com", by="ana", places=places)
        for name in sorted(PLACE)
    ]

    assert {f"{name}@example.com" for name in seen} == {row and row.address for row in whole}
    assert {None if name == "-" else "p-1" for name in seen} == {row and row.person for row in whole}
    assert [] == hidden
    assert [int(name in seen) for name in sorted(PLACE)] == lifted
