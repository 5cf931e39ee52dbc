"""Mending a rejected event over HTTP: whose it stays, what trace it leaves, and when it is too late."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Final

from aiohttp import hdrs

from hub.model import DeadLetter
from tests.integration.web_doubles import Reply, World, ask, dead_letter, event
from tests.unit.factories import SOURCE

JSON: Final = {hdrs.CONTENT_TYPE: "application/json"}


def bodies() -> tuple[bytes, bytes]:
    """Return an event that lacks a field, and the same one whole."""
    whole = event()
    data = {name: value for name, value in whole["data"].items() if name != "radicado"}
    return json.dumps({**whole, "data": data}).encode(), json.dumps(whole).encode()


def place() -> tuple[World, DeadLetter, bytes]:
    """Return a hub with the letter of an event that lacks a field, and the event whole."""
    broken, whole = bodies()
    given = json.loads(whole)
    letter = dead_letter(
        broken, event_id=given["id"], source=given["source"], event_type=given["type"], sender="crm"
    )
    world = World()
    world.log.letters.append(letter)
    return world, letter, whole


async def mend(world: World, letter: DeadLetter, body: bytes) -> Reply:
    return await ask(world, f"/api/dead/{letter.id}/mend", method="POST", headers=JSON, body=body)


async def test_mended_event_goes_in_its_senders_name_and_says_who_has_mended_it() -> None:
    world, letter, whole = place()
    reply = await mend(world, letter, whole)
    [published] = world.publisher.replayed
    [note] = world.audit.rows

    assert (200, {"id": str(letter.id), "state": "replayed", "changed": True}) == (reply.status, reply.json)
    assert (whole, "crm", "this machine") == (published.body, published.sender, published.mended_by)
    assert ("dead.mend", f"dead:{letter.id}") == (note.action, note.subject)
    assert {"sha256": sha256(whole).hexdigest(), "changed": ["data.radicado"]} == note.detail


async def test_settled_letter_is_not_published_again() -> None:
    world, letter, whole = place()
    replies = [await mend(world, letter, whole) for _ in range(2)]

    assert [200, 409] == [reply.status for reply in replies]
    assert 1 == len(world.publisher.replayed) == len(world.audit.rows)


async def test_what_is_still_wrong_is_pointed_at_and_nothing_is_published() -> None:
    world, letter, _ = place()
    reply = await mend(world, letter, letter.body)

    assert 422 == reply.status
    assert "/data/radicado" == reply.json["errors"][0]["pointer"]
    assert ([], []) == (world.publisher.replayed, world.audit.rows)


async def test_other_event_is_refused() -> None:
    world, letter, whole = place()
    other = json.dumps({**json.loads(whole), "source": f"{SOURCE}:other"}).encode()

    assert 422 == (await mend(world, letter, other)).status
    assert [] == world.publisher.replayed
