"""Replies, suppressions, opt-outs, bounces, exclusions, codes and incidents, as commands on a database."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hub.access.genuine_codes import GenuineCodes
from hub.access.keyring import KeyRing
from hub.inbound.replies import read
from hub.model import Message, Reply, State, Symptom
from hub.settings import Secret
from hub.storage import Database, PostgresMonitor, PostgresReplies
from tests.command_line import command, hub, printed
from tests.contract.stores import open_stores
from tests.contract.values import HOUR, event, message, now, stored

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


async def test_number_is_suppressed_however_it_is_typed(environ: dict[str, str]) -> None:
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


async def test_open_incidents_are_listed_with_what_to_do(environ: dict[str, str], opened: Database) -> None:
    calm = await printed(environ, "incidents")
    await PostgresMonitor(opened, ()).see(
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


async def doubted(database_url: str) -> Message:
    """Store a mail that a report calls lost."""
    of = stored(event(id="answer"))
    mail = message(of, state=State.SENT, created_at=now())
    async with open_stores(database_url) as stores:
        await stores.add_events(of)
        await stores.add(mail)
        await stores.mail_reports.doubt(mail.id, reason="reported_dsn_5.1.1", until=now() + HOUR)
    return mail


@pytest.mark.parametrize(("act", "state"), [("confirm", "bounced"), ("dismiss", "delivered")])
async def test_word_of_a_person_on_a_mail_is_recorded_once_and_noted_each_time(
    environ: dict[str, str], act: str, state: str
) -> None:
    mail = await doubted(environ["HUB_DATABASE_URL"])
    first, again, unknown = [
        await hub(environ, "bounces", act, str(message_id)) for message_id in (mail.id, mail.id, uuid4())
    ]
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        stands = await database.rows("SELECT state FROM message WHERE id = $1", mail.id)
        noted = await database.rows("SELECT action, subject, person FROM audit")

    assert [(0, True), (0, False)] == [(code, said["changed"]) for code, said, _ in (first, again)]
    assert (1, f"message:{mail.id}") == (unknown[0], noted[0]["subject"])
    assert [(f"bounce.{act}", mail.person)] * 2 == [(row["action"], row["person"]) for row in noted]
    assert [state] == [row["state"] for row in stands]


async def test_a_list_is_loaded_shown_and_noted_and_bad_lines_stop_it(
    environ: dict[str, str], tmp_path: Path
) -> None:
    given = {**environ, "HUB_SECRET": "secret" * 8}
    good, bad = tmp_path / "rne.csv", tmp_path / "bad.csv"
    good.write_text("dato,canal\n3001234567,sms\nmaria@example.com,correo\n", encoding="utf-8")
    bad.write_text("dato,canal\nno sé,sms\n3009998877,\n", encoding="utf-8")

    nothing = await command(given, "exclusions", "show")
    refused = await command(given, "exclusions", "load", str(bad), "--date", "2026-03-09")
    future = await command(given, "exclusions", "load", str(good), "--date", "2999-01-01")
    loaded = await command(given, "exclusions", "load", str(good), "--date", "2026-03-09")
    older = await command(given, "exclusions", "load", str(good), "--date", "2026-03-08")
    partly = await command(given, "exclusions", "load", str(bad), "--date", "2026-03-10", "--skip-bad")
    _, shown, _ = await hub(given, "exclusions", "show")
    told = await command(given, "exclusions", "show")
    _, noted, _ = await hub(given, "audit")

    assert "No hay lista" in nothing.out
    assert refused.code != 0
    assert "1 líneas malas (las primeras: 2)" in refused.err
    assert future.code != 0
    assert "Lista del 2026-03-09: 2 datos excluidos." in loaded.out
    assert older.code != 0
    assert "1 datos excluidos." in partly.out
    assert ("2026-03-10", 1, {"all": 1}) == (shown["list_date"], shown["addresses"], shown["by_channel"])
    assert ("2026-03-15", False) == (shown["usable_until"], shown["usable"])
    assert "Lista del 2026-03-10: 1 datos excluidos (todos los canales 1). Venció el 2026-03-15" in told.out
    assert {"exclusions.load"} == {row["action"] for row in noted["items"]}


SECRET = "secret" * 8


async def test_the_desk_learns_which_message_has_a_code_and_what_to_open(environ: dict[str, str]) -> None:
    url, given = environ["HUB_DATABASE_URL"], {**environ, "HUB_SECRET": SECRET}
    of = stored(event("admin.invoice.issued", id="factura-9", time=now()))
    left = message(of, channel="sms", person="p-maria", state=State.SENT, created_at=now())
    async with open_stores(url) as stores:
        await stores.add_events(of)
        await stores.add(left)
    async with Database(url) as opened:
        await opened.rows(
            "INSERT INTO attempt (message_id, at, took, outcome, provider, code)"
            " VALUES ($1, now(), '1s', 'accepted', 'twilio', '201')",
            left.id,
        )
    codes = GenuineCodes(public_url="", ring=KeyRing([Secret(SECRET)]), channels=())
    code = codes.code(left.id)

    told = await command(given, "genuine", f"{code[:5]} {code[5:].lower()}")
    _, shown, _ = await hub(given, "genuine", code)
    unknown = await command(given, "genuine", "K7F2M9QDTX")
    nothing, none, _ = await hub(given, "genuine", "no-es-un-codigo")
    without = await command(environ, "genuine", code)
    _, noted, _ = await hub(given, "audit")

    assert "Es nuestro: «Cuenta de administración emitida», el mensaje de texto. Salió el" in told.out
    assert f"Mensaje {left.id}. Qué pasó con él: hub explain factura-9 p-maria" in told.out
    assert [str(left.id)] == [row["message_id"] for row in shown["items"]]
    assert (1, 1) == (unknown.code, nothing)
    assert [] == none["items"]
    assert "el mensaje es falso" in unknown.out
    assert without.code != 0
    assert "HUB_SECRET" in without.err
    assert {("genuine.look", f"message:{left.id}")} == {
        (row["action"], row["subject"]) for row in noted["items"]
    }
