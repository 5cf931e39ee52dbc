"""The link of an escalation: a signature instead of a session; only the button changes anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aiohttp import hdrs

from hub.access.keyring import KeyRing
from hub.model import Acknowledgement, Clock, ClockHistory, ClockState
from hub.settings import Secret
from hub.sla.ack_links import Links
from tests.contract.values import NOON, clock
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import Reply, World, ask

SECRET = "a-secret-that-nobody-guesses-and-long-enough"
HUB = "https://hub.example.co"
LINKS = Links(public_url=HUB, ring=KeyRing([Secret(SECRET)]))
OTHERS = Links(public_url=HUB, ring=KeyRing([Secret("the secret of somebody else, as long")]))


def escalated(**fields: Any) -> tuple[World, Clock]:
    world = World(environ={**GUARDED, "HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB})
    one = clock(**{"level": 2, "context": {"radicado": "PQ-7"}, **fields})
    world.log.promises[one.id] = one
    return world, one


def path(clock: Clock, level: int = 2, links: Links = LINKS) -> str:
    link = links.of_event("pqrs.escalated", {"clock_id": str(clock.id), "to_level": level})
    assert link is not None
    return link.removeprefix(HUB)


async def press(world: World, where: str) -> Reply:
    return await ask(world, where, method=hdrs.METH_POST)


async def test_a_scanner_that_opens_the_link_changes_nothing() -> None:
    world, one = escalated()
    reply = await ask(world, path(one))

    assert (200, [], []) == (reply.status, world.publisher.events, world.audit.rows)
    assert '<form method="post">' in reply.text
    # Unwrapped: plain text may break a line at each hyphen.
    assert '<span class="whole">PQ-7</span>' in reply.text
    assert ".whole { display: inline-block;" in reply.text


async def test_button_acknowledges_without_a_session() -> None:
    world, one = escalated()
    reply = await press(world, path(one))
    (published,), (noted,) = world.publisher.events, world.audit.rows

    assert (200, f"{one.id}:acknowledged:2") == (reply.status, published.id)
    assert ("link:level-2", "clock.acknowledge") == (noted.who, noted.action)
    assert "quedó tomado" in reply.text


async def test_pressing_the_button_twice_publishes_one_event() -> None:
    world, one = escalated()
    course = ClockHistory(acknowledged=(Acknowledgement(level=2, at=NOON, by="ana"),))
    world.log.promises[one.id] = replace(one, course=course)
    reply = await press(world, path(one))

    assert (200, []) == (reply.status, world.publisher.events)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"state": ClockState.MET, "ended_at": NOON}, 410, "ya terminó"),
        ({"level": 3}, 410, "ya pasó al nivel 3"),
        ({"level": 1}, 409, "en unos segundos"),
    ],
    ids=["answered", "the next level was notified", "not written yet"],
)
async def test_late_or_early_link_explains_itself(fields: dict[str, Any], status: int, words: str) -> None:
    world, one = escalated(**fields)
    for method in (hdrs.METH_GET, hdrs.METH_POST):
        reply = await ask(world, path(one), method=method)

        assert (status, []) == (reply.status, world.publisher.events)
        assert words in reply.text


async def test_signature_holds_for_one_clock_one_level_and_our_own_key() -> None:
    world, one = escalated()
    other = clock("pqrs_id:PQ-8", level=2)
    world.log.promises[other.id] = other
    forged = [
        path(one).replace("level=2", "level=3"),
        path(one).replace(str(one.id), str(other.id)),
        path(one, links=OTHERS),
        path(one).replace("sig=", "sig=%F0"),
        f"/take-on/{one.id}",
        "/take-on/7?level=2&sig=0",
    ]
    for method in (hdrs.METH_GET, hdrs.METH_POST):
        assert [403] * len(forged) == [(await ask(world, link, method=method)).status for link in forged]
    assert [] == world.publisher.events


def test_hub_sends_no_unsigned_link_and_none_over_plain_http() -> None:
    data = {"clock_id": "c-1", "to_level": 2}
    made = [
        Links(public_url="http://hub.example.co", ring=LINKS.ring).of_event("pqrs.escalated", data),
        Links(public_url=HUB, ring=KeyRing([])).of_event("pqrs.escalated", data),
        LINKS.of_event("pqrs.replied", data),
    ]

    assert [None] * 3 == made
