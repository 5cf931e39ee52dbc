"""The code of a message on the command line: the answer to the desk."""

from __future__ import annotations

from hub.access.genuine_codes import GenuineCodes
from hub.access.keyring import KeyRing
from hub.model import State
from hub.settings import Secret
from hub.storage import Database
from tests.command_line import command, hub
from tests.contract.stores import open_stores
from tests.contract.values import event, message, now, stored

SECRET = "secret" * 8


async def test_the_desk_learns_which_message_has_a_code_and_what_to_open(environ: dict[str, str]) -> None:
    url, given = environ["HUB_DATABASE_URL"], {**environ, "HUB_SECRET": SECRET}
    of = stored(event("admin.invoice.issued", id="factura-9", time=now()))
    left = message(of, channel="sms", person="p-maria", state=State.SENT, created_at=now())
    async with open_stores(url) as stores:
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([of])
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
