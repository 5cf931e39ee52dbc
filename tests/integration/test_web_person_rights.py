"""Erasing and rectifying over HTTP: as by command, for the people who answer for personal data."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import hdrs

from hub.model import Grant, Office, Scope
from hub.timers.row_work import keep_erased
from tests.integration.test_erasures import MAIL, REF, Rights, leave, rights
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_keys import holding
from tests.integration.web_doubles import Reply, World, ask, browsing
from tests.integration.web_visitor import Visitor, give_account
from tests.unit.timer_harness import hub_with, timers_of

__all__ = ["rights"]

ERASE: Final = f"/api/people/{REF}/erase"
REASON: Final = {"reason": "reclamo 14"}
LATER: Final = datetime(2150, 1, 1, tzinfo=UTC)
"""When no law keeps anything of today any more."""


async def post(world: World, path: str, body: Any, **more: str) -> Reply:
    headers = {hdrs.CONTENT_TYPE: "application/json", **more}
    return await ask(world, path, method=hdrs.METH_POST, body=json.dumps(body).encode(), headers=headers)


async def test_dry_run_says_what_would_go_and_which_duty_keeps_it(rights: Rights) -> None:
    world, before = World(database=rights.database), await rights.seen()
    reply = await post(world, ERASE, {**REASON, "dry_run": True})

    assert 200 == reply.status
    assert {"membership", "case"} <= set(reply.json["duties"])
    assert reply.json["counts"]["messages"] > 0
    assert before == await rights.seen()
    assert ["person.erase.look"] == [note.action for note in world.audit.rows]


async def test_duty_refuses_it_with_the_reason_for_the_person(rights: Rights) -> None:
    before = await rights.seen()
    reply = await post(World(database=rights.database), ERASE, REASON)

    assert 409 == reply.status
    assert "No se suprime: hoy es propietario" in reply.text
    assert before == await rights.seen()


async def test_erasure_closes_at_once_and_the_timers_finish_it(rights: Rights) -> None:
    await leave(rights)
    world = World(database=rights.database)
    reply = await post(world, ERASE, REASON)
    again = await post(world, ERASE, REASON)
    [person] = await rights.database.rows("SELECT removed, contact_points FROM person WHERE id = $1", REF)
    sessions = await rights.database.rows("SELECT FROM resident_session")
    await keep_erased(timers_of(await hub_with(), erasures=rights.store, now=lambda: LATER))

    assert (202, 202) == (reply.status, again.status)
    assert reply.json["left"]
    assert (True, None, []) == (person["removed"], person["contact_points"], sessions)
    assert set() == await rights.seen()
    assert [REF] == list({note.person for note in world.audit.rows})


async def test_nobody_is_not_erased_and_not_rectified(rights: Rights) -> None:
    world = World(database=rights.database)

    assert 404 == (await post(world, "/api/people/p-nadie/erase", REASON)).status
    assert 404 == (await post(world, "/api/people/p-nadie/erase", {**REASON, "dry_run": True})).status
    assert 404 == (await post(world, "/api/people/p-nadie/rectify", {})).status
    assert [] == world.publisher.events


async def test_reason_is_demanded(rights: Rights) -> None:
    world = World(database=rights.database)

    assert 400 <= (await post(world, ERASE, {})).status < 500
    assert 400 <= (await post(world, ERASE, {"reason": ""})).status < 500


async def test_claim_is_opened_once_for_a_case_and_says_nothing_of_the_address(rights: Rights) -> None:
    world = World(database=rights.database)
    replies = [
        await post(world, f"/api/people/{REF}/rectify", {"kind": "actualizacion", "case": "PD-14"})
        for _ in range(2)
    ]

    assert [200, 200] == [reply.status for reply in replies]
    assert ("PD-14", "actualizacion") == (replies[0].json["case"], replies[0].json["kind"])
    assert ["privacy.claim.received"] == list({event.name for event in world.publisher.events})
    assert 1 == len({event.id for event in world.publisher.events})
    assert MAIL not in replies[0].text


async def test_key_that_was_given_to_read_does_not_erase(rights: Rights) -> None:
    await leave(rights)
    world = World(environ=GUARDED, database=rights.database)
    statuses = []
    for body, scopes in (
        (REASON, [Scope.PRIVACY]),
        (REASON, [Scope.OPERATE]),
        ({**REASON, "dry_run": True}, [Scope.PRIVACY]),
        (REASON, [Scope.PRIVACY, Scope.OPERATE]),
    ):
        statuses.append((await post(world, ERASE, body, **await holding(world, *scopes))).status)

    assert [403, 403, 200, 202] == statuses


async def test_privacy_officer_erases_who_has_signed_in(rights: Rights) -> None:
    await leave(rights)
    world = World(environ=GUARDED, database=rights.database)
    await give_account(world, "dora", Grant(office=Office.PRIVACY_OFFICER))
    async with browsing(world) as client:
        dora = Visitor(client)
        entered = await dora.sign_in("dora")
        done = await dora.change(ERASE, body=REASON)

    assert (303, 202) == (entered.status, done.status)
    assert ["account:dora"] == [
        row["asked_by"] for row in await rights.database.rows("SELECT asked_by FROM erasure")
    ]
