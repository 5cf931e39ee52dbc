"""The evidence of a message over HTTP."""

from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hub.model import Grant, Office
from hub.operations.evidence.shown import readable
from hub.storage import Database
from tests.integration.test_case_texts import RADICADO, THEN, Told, escalated, tell
from tests.integration.test_web_access import GUARDED
from tests.integration.test_web_cases import KEY
from tests.integration.web_doubles import World, ask, browsing, message_row
from tests.integration.web_visitor import Visitor, give_account
from tests.unit.test_shown_evidence import words_in


@pytest.fixture
async def told(opened: Database, tmp_path: Path) -> Told:
    return await tell(opened, tmp_path / "textos")


def world_of(told: Told, *ids: UUID) -> World:
    world = World(database=told.office.database, environ=GUARDED)
    world.log.rows += [
        message_row(
            id=message_id,
            person="p-maria",
            occasion="initial",
            attempts=[
                {
                    "at": "2026-03-09T17:00:00Z",
                    "outcome": "accepted",
                    "provider": "memory",
                    "code": "250",
                    "reference": None,
                }
            ],
        )
        for message_id in ids
    ]
    return world


async def test_evidence_is_shown_compared_and_the_look_is_audited(told: Told) -> None:
    world = world_of(told, told.mail)
    [row] = (await ask(world, f"/api/messages/{told.mail}/evidence", headers=KEY)).json["items"]
    unknown = await ask(world, f"/api/messages/{uuid4()}/evidence", headers=KEY)
    [noted] = world.audit.rows
    left = told.office.email.bytes[told.mail]

    assert ("same", "Igual byte por byte a lo que salió.", "") == (row["finding"], row["what"], row["why"])
    assert (sha256(left).hexdigest(), readable(left)) == (row["sha256"], row["content"])
    assert "(enlace personal)" in words_in(row["content"])
    assert f"{THEN} {RADICADO}" in row["text"]
    assert 404 == unknown.status
    assert ("evidence.show", f"message:{told.mail}", "p-maria") == (noted.action, noted.subject, noted.person)


async def test_a_changed_message_is_named_and_the_link_of_an_escalation_is_not_shown(told: Told) -> None:
    mail = await escalated(told)
    world = world_of(told, told.mail, mail)
    [link] = (await ask(world, f"/api/messages/{mail}/evidence", headers=KEY)).json["items"]
    await told.office.database.rows("UPDATE message SET name = 'Otra' WHERE id = $1", told.mail)
    [changed] = (await ask(world, f"/api/messages/{told.mail}/evidence", headers=KEY)).json["items"]

    assert "same" == link["finding"]
    assert "(enlace personal)" in words_in(link["content"])
    assert "(enlace personal)" in link["text"]
    assert "sig=" not in str(link) + words_in(link["content"])
    assert "different" == changed["finding"]
    assert "alguien cambió el mensaje" in changed["why"]


async def test_evidence_is_for_who_may_see_private_data(told: Told) -> None:
    world = world_of(told, told.mail)
    await give_account(world, "ana", Grant(office=Office.OPERATOR))
    await give_account(world, "eva", Grant(office=Office.MANAGER))
    statuses = []
    for name in ("ana", "eva"):
        async with browsing(world) as client:
            visitor = Visitor(client)
            await visitor.sign_in(name)
            statuses.append((await visitor.ask(f"/api/messages/{told.mail}/evidence")).status)

    assert [403, 200] == statuses
