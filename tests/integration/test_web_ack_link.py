"""The link of an escalation: it is one person's, for one use; only the button changes anything."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import hdrs

from hub.access.keyring import KeyRing, Purpose
from hub.model import Acknowledgement, Claimed, ClockState, Escalation, EscalationStatus, Json
from hub.settings import Secret
from hub.sla.ack_links import Links
from tests.contract.values import NOON, clock, event, message, stored
from tests.integration.residents import HUB
from tests.integration.test_web_access import GUARDED
from tests.integration.web_doubles import Reply, World, ask

SECRET = "a-secret-that-nobody-guesses-and-long-enough"
LINKS = Links(public_url=HUB, ring=KeyRing([Secret(SECRET)]))
OTHERS = Links(public_url=HUB, ring=KeyRing([Secret("the secret of somebody else, as long")]))
ELSEWHERE = "203.0.113.66"
SINCE = datetime(2026, 3, 9, 19, 5, tzinfo=UTC)
LUIS = {"taken": Acknowledgement(level=2, at=SINCE, by="p-luis"), "taker": "Luis Rey"}


def escalated(*, status: Any = None, **fields: Any) -> tuple[World, Escalation]:
    """Return a world in which `p-ana` got the escalation to level 2, with its state."""
    settings = {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_TRUSTED_PROXIES": "127.0.0.1"}
    world = World(environ={**GUARDED, **settings})
    known = clock(**{"level": 2, "context": {"radicado": "PQ-7"}, **fields})
    received = Escalation(message_id=uuid4(), person="p-ana", level=2, clock=known)
    status = EscalationStatus(escalation=received, **(status or {}))
    world.escalations.received[received.message_id] = status
    return world, received


def path(received: Escalation, links: Links = LINKS) -> str:
    return links.to(received.message_id).removeprefix(HUB)


async def press(world: World, where: str, **more: Any) -> Reply:
    return await ask(world, where, method=hdrs.METH_POST, **more)


async def test_a_scanner_that_opens_the_link_changes_nothing() -> None:
    world, received = escalated()
    reply = await ask(world, path(received))

    assert (200, [], []) == (reply.status, world.publisher.events, world.audit.rows)
    assert '<form method="post">' in reply.text
    # Unwrapped: plain text may break a line at each hyphen.
    assert '<span class="whole">PQ-7</span>' in reply.text
    assert ".whole { display: inline-block;" in reply.text


async def test_button_acknowledges_in_the_name_of_the_person_who_got_the_link() -> None:
    world, received = escalated()
    reply = await press(world, path(received))
    (published,) = world.publisher.events

    assert (200, f"{received.clock.id}:acknowledged:2") == (reply.status, published.id)
    assert ("p-ana", 2) == (published.data["by"], published.data["level"])
    assert "Quedó registrado: usted tomó" in reply.text


async def test_audit_names_the_person_of_a_forwarded_link_and_the_address_that_used_it() -> None:
    world, received = escalated()
    await press(world, path(received), headers={hdrs.X_FORWARDED_FOR: ELSEWHERE})
    (noted,) = world.audit.rows

    assert ("clock.acknowledge", "link:p-ana", "p-ana", ELSEWHERE) == (
        noted.action,
        noted.who,
        noted.person,
        noted.address,
    )
    assert {"level": 2, "message_id": str(received.message_id)} == noted.detail
    assert f"clock:{received.clock.id}" == noted.subject


def test_address_of_the_link_names_no_person_clock_or_level() -> None:
    _, received = escalated()
    where = path(received)

    assert f"/take-on/{received.message_id}" == where.partition("?")[0]
    assert not any(told in where for told in ("p-ana", str(received.clock.id), "level"))


@pytest.mark.parametrize(
    "fields",
    [{}, {"ended_at": NOON, "state": ClockState.MET}],
    ids=["another of the level has it", "the acknowledgement has ended it"],
)
async def test_link_of_a_level_that_has_taken_the_case_shows_who_and_changes_nothing(
    fields: dict[str, Any],
) -> None:
    world, received = escalated(status=LUIS, **fields)
    shown, pressed = await ask(world, path(received)), await press(world, path(received))

    assert (200, 409) == (shown.status, pressed.status)
    since = "desde el lunes 9 de marzo de 2026 a las 2:05\xa0p.\xa0m. Este enlace ya no cambia nada."
    for reply in (shown, pressed):
        assert "<strong>Luis Rey</strong> tiene el caso" in reply.text
        assert since in reply.text
        assert "<form" not in reply.text
    assert ([], []) == (world.publisher.events, world.audit.rows)


@pytest.mark.parametrize(
    ("by", "shown"), [("account:ana.ruiz", "ana.ruiz"), ("coordinacion", "coordinacion")]
)
async def test_taker_who_is_not_in_the_directory_is_shown_by_reference(by: str, shown: str) -> None:
    world, received = escalated(status={"taken": Acknowledgement(level=2, at=SINCE, by=by)})

    assert f"<strong>{shown}</strong>" in (await ask(world, path(received))).text


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
    world, received = escalated(**fields)
    for method in (hdrs.METH_GET, hdrs.METH_POST):
        reply = await ask(world, path(received), method=method)

        assert (status, [], []) == (reply.status, world.publisher.events, world.audit.rows)
        assert words in reply.text


async def test_link_of_who_no_longer_has_the_level_opens_nothing() -> None:
    world, received = escalated(status={"is_held": False, **LUIS})
    for method in (hdrs.METH_GET, hdrs.METH_POST):
        reply = await ask(world, path(received), method=method)

        assert (403, [], []) == (reply.status, world.publisher.events, world.audit.rows)
        assert "ya no ocupa ese nivel" in reply.text
        assert not any(told in reply.text for told in ("PQ-7", "Luis Rey", "<form"))


async def test_link_of_an_emergency_speaks_of_the_emergency() -> None:
    world, received = escalated(name="emergency_ack", context={"subject": "Fuga de gas"})
    shown, pressed = await ask(world, path(received)), await press(world, path(received))

    assert "Atender la emergencia «Fuga de gas»" in shown.text
    assert "usted atiende la emergencia" in pressed.text
    assert not any("peticionario" in reply.text for reply in (shown, pressed))


async def test_signature_holds_for_one_message_and_our_own_key() -> None:
    world, received = escalated()
    other = uuid4()
    world.escalations.received[other] = EscalationStatus(escalation=received)
    # As the links were signed before: for the clock and the level.
    of_level = LINKS.ring.sign(Purpose.ACKNOWLEDGE, str(received.clock.id), "2")
    forged = [
        path(received).replace(str(received.message_id), str(other)),
        path(received).replace(str(received.message_id), received.message_id.hex),
        path(received, links=OTHERS),
        path(received).replace("sig=", "sig=%F0"),
        f"/take-on/{received.message_id}",
        f"/take-on/{received.clock.id}?level=2&sig={of_level}",
        "/take-on/7?sig=0",
    ]
    for method in (hdrs.METH_GET, hdrs.METH_POST):
        assert [403] * len(forged) == [(await ask(world, link, method=method)).status for link in forged]
    assert [] == world.publisher.events


async def test_link_whose_message_is_gone_has_ended() -> None:
    world, received = escalated()
    world.escalations.received.clear()

    assert 410 == (await press(world, path(received))).status


def claimed(name: str, data: Json) -> Claimed:
    of = stored(event(name))
    return Claimed(
        message=message(of), attempt=1, event_time=NOON, source="urn:hub", data=data, building=None, unit=None
    )


def test_hub_sends_no_unsigned_link_and_none_over_plain_http() -> None:
    escalation = claimed("pqrs.escalated", {"clock_id": "c-1", "to_level": 2})
    made = [
        Links(public_url="http://hub.example.co", ring=LINKS.ring).of(escalation),
        Links(public_url=HUB, ring=KeyRing([])).of(escalation),
        LINKS.of(claimed("pqrs.escalated", {"to_level": 2})),
        LINKS.of(claimed("pqrs.replied", {"clock_id": "c-1"})),
    ]

    assert [None] * 4 == made
    assert LINKS.to(escalation.message.id) == LINKS.of(escalation)
