"""Replies, suppressions, opt-outs and incidents, as commands against a real database."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from hub.inbound.replies import read
from hub.model import Reply, Symptom
from hub.storage import Database, PostgresMonitor, PostgresReplies
from tests.command_line import hub, printed
from tests.contract.values import now

MAIL = "maria@example.com"


async def write(environ: dict[str, str], text: str) -> UUID:
    at = now()
    given = Reply(
        channel="email",
        provider="mail",
        reference=str(uuid4()),
        address=MAIL,
        text=text,
        at=at,
        subject="Re:",
    )
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        replies = PostgresReplies(database)
        return (await replies.add(read(given, await replies.about(given), now=at))).id


async def test_a_reply_is_listed_without_its_words_and_shown_with_them(environ: dict[str, str]) -> None:
    reply = await write(environ, "¿Cuándo llega el agua?")
    await write(environ, "BAJA")

    _, listed, _ = await hub(environ, "replies", "list", "--kind", "reply")
    _, shown, _ = await hub(environ, "replies", "show", str(reply))
    screen, _ = await printed(environ, "replies", "show", str(reply))
    missing, _, complaint = await hub(environ, "replies", "show", str(uuid4()))
    refused, _, _ = await hub(environ, "replies", "list", "--kind", "letter")

    assert [row["id"] for row in listed["items"]] == [str(reply)]
    assert "text" not in listed["items"][0]
    assert shown["text"] == "¿Cuándo llega el agua?"
    assert screen.endswith("\n¿Cuándo llega el agua?\n")
    assert MAIL not in screen
    assert (missing, refused) == (1, 2)
    assert "There is no reply" in complaint


async def test_number_is_suppressed_however_it_is_typed(
    environ: dict[str, str],
) -> None:
    add = ("suppressions", "add", "300 123 4567", "--channel", "sms")

    _, added, _ = await hub(environ, *add, "--reason", "ya no vive aquí", "--until", "2126-01-31")
    _, listed, _ = await hub(environ, "suppressions", "list")
    _, lifted, _ = await hub(environ, "suppressions", "lift", "+57 300 1234567")
    again, _ = await printed(environ, "suppressions", "lift", "3001234567")

    [row] = listed["items"]
    assert added == {"suppressed": 1}
    assert (row["address"], row["channel"], row["reason"]) == ("+57 *** *** 4567", "sms", "ya no vive aquí")
    assert row["expires_at"] == "2126-01-31T05:00:00Z"
    assert lifted == {"lifted": 1}
    assert again.startswith("nothing to lift")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("maria", "--channel", "email"), "neither an email"),
        ((MAIL, "--channel", "emails"), "near: email"),
        ((MAIL, "--channel", "email", "--until", "2020-01-01"), "over already"),
        ((MAIL, "--channel", "email", "--until", "mañana"), "not a time"),
    ],
)
async def test_invalid_suppression_is_refused(
    environ: dict[str, str], arguments: tuple[str, ...], complaint: str
) -> None:
    code, _, err = await hub(environ, "suppressions", "add", *arguments)
    _, listed, _ = await hub(environ, "suppressions", "list")

    assert code == 2
    assert complaint in err
    assert listed == {"items": [], "next": None}


async def test_opt_out_is_listed_and_lifted_by_its_id(environ: dict[str, str]) -> None:
    await write(environ, "BAJA")

    _, listed, _ = await hub(environ, "opt-outs", "list")
    first, second = listed["items"]
    _, one, _ = await hub(environ, "opt-outs", "lift", first["id"])
    _, rest, _ = await hub(environ, "opt-outs", "lift", MAIL)

    assert {first["purpose"], second["purpose"]} == {"commercial", "survey"}
    assert (one, rest) == ({"lifted": 1}, {"lifted": 1})


async def test_open_incidents_are_listed_with_what_to_do(environ: dict[str, str]) -> None:
    calm = await printed(environ, "incidents")
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        await PostgresMonitor(database, ()).see(
            [Symptom(key="circuit:sms:twilio", measured="No se le llama mientras descansa")]
        )

    _, listed, _ = await hub(environ, "incidents")
    screen, _ = await printed(environ, "incidents")

    [row] = listed["items"]
    assert calm == ("No hay averías abiertas.\n", "")
    assert (row["state"], row["kind"], row["measured"]) == (
        "open",
        "circuit",
        "No se le llama mientras descansa",
    )
    assert row["title"] in screen
    assert row["to_do"] in screen


async def test_an_empty_list_says_so_beside_the_output(environ: dict[str, str]) -> None:
    for listing in (("letters", "list"), ("opt-outs", "list"), ("dead", "list"), ("pause",)):
        assert await printed(environ, *listing) == ("", "None.\n")


async def test_unreachable_database_is_reported_with_a_hint(environ: dict[str, str]) -> None:
    code, _, err = await hub({**environ, "HUB_DATABASE_URL": "postgresql://127.0.0.1:1/hub"}, "incidents")

    assert code == 1
    assert "PostgreSQL does not answer" in err
    assert "`hub check`" in err
