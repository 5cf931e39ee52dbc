"""The link of an escalation as a level uses it: each person has their own, and one use is all there is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from hub.local.loopback import free_port
from hub.model import Clock
from hub.storage import Database, PostgresAudit
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.acceptance.test_promises import A_LADDER_OF_MINUTES, HUB, SECRET, _first_reply, link_in

OTHER = "p-otra"
ADDRESSES = ("nivel2@example.co", "otra@example.co")


@dataclass
class Level:
    """A hub whose level 2 has two people, both with the mail of one escalation."""

    house: House
    publisher: Publisher
    database: Database
    client: ClientSession
    links: list[URL]

    async def ask(self, link: URL, method: str = "GET") -> tuple[int, str]:
        async with self.client.request(method, link.relative()) as answer:
            return answer.status, await answer.text()

    async def clock(self) -> Clock:
        return await _first_reply(self.database)

    async def is_taken(self) -> bool:
        return bool((await self.clock()).course.acknowledged)

    async def taken_by(self) -> list[tuple[str, str | None]]:
        """Return who acknowledged by the audit, with the address."""
        notes = await PostgresAudit(self.database).notes(after=None, limit=100)
        noted = [note for note in notes.items if note.action == "clock.acknowledge"]
        return [(note.who, note.address) for note in noted]


@asynccontextmanager
async def level_of_two(house: House) -> AsyncIterator[Level]:
    address = f"127.0.0.1:{free_port()}"
    house.policy(A_LADDER_OF_MINUTES)
    house.settings |= {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_HTTP": address}
    async with (
        house.running() as publisher,
        Database(house.database_url) as database,
        ClientSession(f"http://{address}") as client,
    ):
        await directory.publish_all(publisher)
        await directory._person(publisher, OTHER, "Luz Otra", email="otra@example.co")
        await directory._member(publisher, "m-otra", OTHER, "company", "staff", level=2, duty="management")
        await publisher.publish("pqrs.received", directory.pqrs(1))
        mails: list[Any] = []

        def both() -> bool:
            sent = {mail.recipient: mail for mail in house.smtp.mails}
            mails[:] = [sent[address] for address in ADDRESSES if address in sent]
            return len(mails) == len(ADDRESSES)

        await until(both, "the mails to level 2")
        texts = [mail.message.get_body(("plain",)).get_content() for mail in mails]
        yield Level(house, publisher, database, client, [link_in(text) for text in texts])


async def test_two_people_of_a_level_at_the_same_moment_have_one_effect(house: House) -> None:
    async with level_of_two(house) as level:
        opened = [(await level.ask(link))[0] for link in level.links]
        unchanged = (await level.clock()).course.acknowledged
        answers = await asyncio.gather(*(level.ask(link, "POST") for link in level.links * 2))
        pressed = [status for status, _ in answers]
        await until(level.is_taken, "the acknowledgement to be taken in")
        [taken] = (await level.clock()).course.acknowledged
        events = await level.database.rows("SELECT id FROM event WHERE type LIKE '%sla.acknowledged%'")
        before = await level.taken_by()
        name = {"p-nivel-2": "Nivel 2", OTHER: "Luz Otra"}[taken.by]
        afterwards = [await level.ask(link, method) for link in level.links for method in ("GET", "POST")]

        assert level.links[0].path != level.links[1].path
        assert ([200, 200], ()) == (opened, unchanged)
        assert HTTPStatus.OK in pressed
        assert set(pressed) <= {HTTPStatus.OK, HTTPStatus.CONFLICT}
        assert 1 == len(events)
        assert (f"link:{taken.by}", "127.0.0.1") in before
        assert [200, 409, 200, 409] == [status for status, _ in afterwards]
        assert all(f"<strong>{name}</strong>" in text for _, text in afterwards)
        assert before == await level.taken_by()
        shown = await house.command("clocks", "show", str((await level.clock()).id))
        assert taken.by in shown


async def test_who_leaves_a_level_has_a_link_that_opens_nothing_and_a_colleague_has_one(house: House) -> None:
    async with level_of_two(house) as level:
        await level.publisher.publish(
            "directory.membership.removed", {"membership_id": "m-otra", "version": 2}
        )
        own, others = level.links

        async def is_closed() -> bool:
            return (await level.ask(others))[0] == HTTPStatus.FORBIDDEN

        await until(is_closed, "the end of the office")
        refused = await level.ask(others, "POST")
        noted = await level.taken_by()
        taken = await level.ask(own, "POST")
        await until(level.is_taken, "the acknowledgement to be taken in")

        assert (403, [], 200) == (refused[0], noted, taken[0])
        assert ["p-nivel-2"] == [ack.by for ack in (await level.clock()).course.acknowledged]
