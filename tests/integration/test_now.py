"""State of the hub now, as a page, over HTTP and as a command: one sentence for all three."""

import json
from typing import Any
from uuid import uuid4

from aiohttp import hdrs

from hub.desk.channels import queries
from hub.model import Grant, Office, State, Symptom
from hub.model.message_lists import LISTS, MessageList
from hub.ports import MessageFilter
from hub.storage import Database, PostgresActivity, PostgresMonitor
from hub.storage.activity import AcceptedMessages, AffectedPeople
from hub.storage.log import PostgresLog
from tests.command_line import hub, printed
from tests.contract.stores import open_stores
from tests.contract.values import HOUR, event, message, now, stored
from tests.integration.console_hub import ConsoleHub, console_hub
from tests.integration.identities import API_KEY, bearer
from tests.integration.two_buildings import MARKS
from tests.servers import Servers


async def now_of(console: ConsoleHub, headers: dict[str, str]) -> dict[str, Any]:
    answer = await console.hub.send("GET", "/api/now", headers, at="console")
    found: dict[str, Any] = json.loads(answer.text)
    return found


async def test_api_says_what_the_first_page_says(servers: Servers) -> None:
    async with console_hub(servers) as console:
        await queries.pause(console.database, "channel:sms", by="luis", reason="")
        page = await console.hub.send("GET", "/", {hdrs.ACCEPT: "text/html", **bearer(API_KEY)}, at="console")
        said = await now_of(console, bearer(API_KEY))

    assert said["sentence"] == "El centro trabaja bien. Por atender: 3 avisos rechazados."
    assert (said["path"], said["urgency"], said["incidents"]) == ("/dead", "bad", [])
    texts = [matter["text"] for matter in said["matters"]]
    assert texts[0] == "3 avisos rechazados"
    assert "En pausa: SMS" in texts
    counted = ("promesa", "respuesta")  # of which the page counts matters
    assert [] == [text for text in texts if text not in page.text and not any(map(text.count, counted))]
    assert len(said["hours"]) == 24
    assert sum(hour["lost"] for hour in said["hours"]) == 2
    assert {row["channel"]: row["lost"] for row in said["channels"]}["print"] == 2


async def test_who_reads_one_building_has_its_numbers_alone(servers: Servers) -> None:
    async with console_hub(servers) as console:
        grant = Grant(office=Office.VIEWER, copropiedad_id=f"ph-{MARKS[0]}")
        eva = await console.registry.account("eva", grant, is_enrolled=False)
        said = await now_of(console, await console.cookies_of(eva))

    assert sum(hour["lost"] for hour in said["hours"]) == 1
    assert "rechazado" not in json.dumps(said, ensure_ascii=False)


async def test_command_says_it_too(environ: dict[str, str], opened: Database) -> None:
    calm, _ = await printed(environ, "now")
    await PostgresMonitor(opened, ()).see(
        [Symptom(key="circuit:sms:twilio", measured="No se le llama mientras descansa")]
    )
    await queries.pause(opened, "channel:sms", by="luis", reason="")
    code, said, _ = await hub(environ, "now")
    screen, _ = await printed(environ, "now")

    assert calm.startswith("Todo en marcha: 0 mensajes salieron en la última hora.")
    assert code == 0
    assert said["sentence"].startswith("El proveedor twilio")
    assert said["path"] == "/channels"
    assert said["sentence"] in screen
    assert "En pausa: SMS" in screen


async def test_people_who_wait_for_a_channel_are_counted_once_and_within_places(database: str) -> None:
    waits = {"p-1": State.QUEUED, "p-2": State.HELD, "p-3": State.RETRYING, "p-4": State.SENT}
    async with open_stores(database) as stores, Database(database) as opened:
        for place in ("ph-1", "ph-2"):
            first, second = (
                stored(event(id=f"{name} of {place}"), copropiedad_id=place, case=None)
                for name in ("one", "two")
            )
            await stores.add_events(first, second)
            for of in (first, second):
                await stores.add(
                    *(
                        message(of, person=f"{who} {place}", channel="sms", state=state, created_at=now())
                        for who, state in waits.items()
                    )
                )
        store = PostgresActivity(opened)
        found = [await store.waiting("sms", places=places) for places in (None, frozenset({"ph-1"}))]
        nobody = [
            await store.waiting("email"),
            await store.waiting("sms", places=frozenset({"ph-3"})),
            await store.waiting("sms", places=frozenset()),
        ]

    assert found == [
        AffectedPeople(people=4, copropiedades=2),
        AffectedPeople(people=2, copropiedades=1),
    ]
    assert nobody == [AffectedPeople()] * 3


async def test_accepted_messages_are_counted_when_they_leave(database: str) -> None:
    at = now()
    async with open_stores(database) as stores, Database(database) as opened:
        for place in ("ph-1", "ph-2"):
            of = stored(event(id=place), copropiedad_id=place, case=None)
            await stores.add_events(of)
            await stores.add(message(of, person=place, state=State.QUEUED, created_at=at - 3 * HOUR))
            await opened.rows(
                "INSERT INTO attempt (message_id, at, took, outcome, provider, code)"
                " SELECT id, now() + n * interval '1 second', interval '1 s', said, 'file', ''"
                " FROM message, unnest(ARRAY['accepted', 'transient']) WITH ORDINALITY AS made (said, n)"
                " WHERE person = $1",
                place,
            )
        store = PostgresActivity(opened)
        all_of_them = await store.accepted(at - HOUR, at - HOUR)
        of_one = await store.accepted(at - HOUR, at + HOUR, places=frozenset({"ph-1"}))

    assert all_of_them == AcceptedMessages(hour=2, lately=2)
    assert of_one == AcceptedMessages(hour=1, lately=0)


async def test_letter_that_lies_in_the_office_has_not_left(database: str) -> None:
    """What nobody has printed or handed over is counted apart; what the post has, has left."""
    at = now()
    states = {"p-1": "open", "p-2": "batched", "p-3": "printed", "p-4": "posted"}
    steps: dict[str, tuple[object, ...]] = {
        "p-1": (None, None, None),
        "p-2": (uuid4(), None, None),
        "p-3": (uuid4(), at, None),
        "p-4": (uuid4(), at, at),
    }
    async with open_stores(database) as stores, Database(database) as opened:
        of = stored(event(id="one"), copropiedad_id="ph-1", case=None)
        await stores.add_events(of)
        letters = [
            message(of, person=who, channel="print", state=State.SENT, created_at=at) for who in states
        ]
        await stores.add(*letters, message(of, person="p-5", channel="sms", state=State.SENT, created_at=at))
        for one in letters:
            await opened.rows(
                "INSERT INTO letter (id, created_at, person, event, name, subject, text, html, batch_id,"
                " printed_at, posted_at) VALUES ($1, $2, $3, 'x', '', '', '', '', $4, $5, $6)",
                *(one.id, at, one.person, *steps[one.person]),
            )
        store, log = PostgresActivity(opened), PostgresLog(opened)
        hours = await store.hours(at - HOUR)
        channels = {of.channel: of.messages for of in await store.channels(at - HOUR)}
        counted = [(await log.counts(places))["messages"] for places in (None, frozenset({"ph-2"}))]
        left = await log.messages(MessageFilter(states=LISTS[MessageList.LEFT]), after=None, limit=9)
        every = await log.messages(MessageFilter(channel="print"), after=None, limit=9)

    assert [2] == [hour.messages for hour in hours if hour.messages]
    assert {"print": 1, "sms": 1} == channels
    assert [{"sent": 2, "letter": 3}, {}] == counted
    assert {"p-4", "p-5"} == {row.person for row in left.items}
    assert states == {row.person: row.letter for row in every.items}
