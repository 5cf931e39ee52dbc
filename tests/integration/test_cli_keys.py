"""Keys of systems and the audit, as commands against a real database."""

from __future__ import annotations

from hub.access.api_keys import opens
from hub.storage import Database, PostgresKeys
from tests.command_line import hub, printed
from tests.contract.values import now

CRM = "urn:coproservicios:crm"


async def test_a_key_is_made_rotated_revoked_and_all_of_it_is_noted(environ: dict[str, str]) -> None:
    given = ("--scope", "publish", "--source", CRM, "--event", "pqrs.received", "--amqp-user", "crm")
    _, made, _ = await hub(environ, "keys", "create", "crm", *given)
    again, _, complaint = await hub(environ, "keys", "create", "crm", "--scope", "read")
    _, rotated, _ = await hub(environ, "keys", "rotate", "crm", "--old-ends", "2099-01-01T00:00")
    _, listed, _ = await hub(environ, "keys", "list")
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        live = {key.prefix: key for key in await PostgresKeys(database).live_keys()}
    _, revoked, _ = await hub(environ, "keys", "revoke", made["prefix"])
    _, notes, _ = await hub(environ, "audit")
    screen, _ = await printed(environ, "keys", "list")

    assert again == 1
    assert "a live key is called crm" in complaint
    assert all(opens(live[key["prefix"]], key["token"], now=now()) for key in (made, rotated))
    assert [row["source"] for row in listed["items"]] == [CRM, CRM]
    assert [row["expires_at"] for row in listed["items"]] == [None, "2099-01-01T05:00:00Z"]
    assert revoked == {"revoked": 1}
    assert [row["action"] for row in notes["items"]] == [
        "key.revoke",
        "key.rotate",
        "key.create",
        "key.create",
    ]
    assert all(row["who"].startswith("cli:") for row in notes["items"])
    assert made["token"].split("_", 2)[2] not in screen + str(notes) + str(listed)
    assert "revoked" in screen


async def test_a_key_that_makes_no_sense_is_refused_with_a_reason(environ: dict[str, str]) -> None:
    code, _, complaint = await hub(environ, "keys", "create", "crm", "--scope", "read", "--event", "x")
    missing, _, _ = await hub(environ, "keys", "revoke", "nobody")

    assert (code, missing) == (1, 1)
    assert "name it" in complaint


async def test_pauses_by_command_are_audited_without_personal_data(environ: dict[str, str]) -> None:
    await hub(environ, "pause", "sms", "--reason", "twice")
    await hub(environ, "resume", "sms")
    await hub(environ, "suppressions", "add", "maria@example.com", "--channel", "email")
    _, notes, _ = await hub(environ, "audit")

    assert "maria" not in str(notes)
    assert [(row["action"], row["subject"]) for row in notes["items"]] == [
        ("suppression.add", "channel:email"),
        ("resume", "channel:sms"),
        ("pause", "channel:sms"),
    ]
