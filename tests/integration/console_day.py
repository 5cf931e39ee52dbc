"""Morning of somebody of office *Operación*: what waits in a building, in a hub with two others."""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from msgspec.structs import replace

from hub.desk.imports.acts import apply_import, look_at_sheet
from hub.desk.imports.rows import ApplyBody, SheetBody
from hub.inbound.process_reply import take_reply
from hub.model import EVERYWHERE, Account, Grant, Office, Reply
from hub.storage import PostgresReplies
from hub.testing import MemoryPublisher
from hub.web.services import SERVICES
from tests.contract.stores import open_stores
from tests.contract.values import letter, now, person
from tests.integration.console_hub import ConsoleHub
from tests.integration.test_sheet_imports import HEAD, worked
from tests.integration.test_web_console_casework import EXAMPLES, example, take_in
from tests.integration.web_doubles import PASSWORDS
from tests.integration.web_visitor import PASSWORD
from tests.operators import operator

HERS: Final = "pqrs_id:hers"
FLOOD: Final = "pqrs_id:flood"
THREAD: Final = "<302@mail.example>"
"""What a mail names that continues hers."""
MAIL: Final = "ines@example.com"
STRANGER: Final = "+573007654321"
NEIGHBOURS: Final = 300
RECEIPT: Final = """
SELECT message.id FROM message JOIN event ON event.key = event_key WHERE case_key = $1 AND channel = 'email'
"""
_RESIDENTS: Final = (
    f"Altos;1;302;Inés Ávila;52000302;{MAIL};3001234567;propietario\n",
    "Altos;1;303;Hugo Mesa;52000303;hugo@example.com;;residente\n",
)


def sheet() -> bytes:
    """Return a sheet of neighbours of Inés, as a spreadsheet saves it."""
    lines = (
        f"Altos;2;{100 + n};Vecina Número{n} Rey;{53000000 + n};vecina{n}@example.com;;residente\n"
        for n in range(NEIGHBOURS)
    )
    return "".join((HEAD, *lines)).encode()


async def morning(hub: ConsoleHub) -> None:
    """Let people live in Altos, write a mail and a WhatsApp, and wait for what was promised; hire two."""
    await _staff(hub)
    deps = hub.hub.applications["console"][SERVICES]
    by = operator(deps.database, ring=deps.ring)
    looked = await look_at_sheet(by, SheetBody(file="".join((HEAD, *_RESIDENTS)).encode()))
    await apply_import(by, looked.id, ApplyBody())
    await worked(hub.database)
    place, ines, hugo = [
        (await hub.database.rows(f"SELECT id FROM {table} WHERE name = $1", name))[0]["id"]
        for table, name in (("copropiedad", "Altos"), ("person", "Inés Ávila"), ("person", "Hugo Mesa"))
    ]
    hub.more |= {"PLACE": place}
    for case, who, door, subject in (
        ("pqrs_id:gym", ines, "302", "El carné del gimnasio"),
        (HERS, ines, "302", "La llave del salón"),
        (FLOOD, hugo, "303", "Gotera en el parqueadero"),
    ):
        ref = case.partition(":")[2]
        [home] = await hub.database.rows("SELECT id FROM unit WHERE label = $1", door)
        about = {"copropiedad_id": place, "unit_id": home["id"], "petitioner": {"ref": who}}
        words = {"pqrs_id": ref, "radicado": f"PQ-{ref}", "subject": subject}
        await take_in(hub, replace(example("pqrs.received", **about, **words), id=f"received-{ref}"))
    # Its time has passed, and with it the level of who should have answered: only then is a promise taken on.
    await hub.database.rows("UPDATE clock SET level = 2 WHERE case_key = $1", FLOOD)
    [told] = await hub.database.rows(RECEIPT, HERS)
    mail = {"channel": "email", "address": MAIL, "reference": THREAD, "message_id": told["id"]}
    chat = {"channel": "whatsapp", "address": STRANGER, "reference": "wamid.1"}
    await _wrote(hub, text="¿Y la llave?", **mail)
    await _wrote(hub, text="¿Hay parqueadero?", **chat)


async def _wrote(hub: ConsoleHub, **said: Any) -> None:
    """Take in what somebody wrote, and the event of it."""
    heard = MemoryPublisher()
    reply = Reply(provider="test", at=now(), **said)
    await take_reply(reply, store=PostgresReplies(hub.database), publisher=heard, now=now())
    await take_in(hub, *heard.events)


async def _staff(hub: ConsoleHub) -> None:
    """Hire Marta, who signs in with a password, and Luz, who has an inbox."""
    grant = Grant(office=Office.OPERATOR, copropiedad_id=EVERYWHERE)
    luz = await hub.registry.account("luz.mora", grant, display_name="Luz Mora", is_enrolled=False)
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.apply_directory([person("p-luz", names="Luz Mora")])
    assert await hub.registry.accounts.set_person(luz.id, "p-luz")
    marta = Account(
        id=uuid4(),
        name="marta",
        display_name="Marta",
        password_hash=await PASSWORDS.hash(PASSWORD),
        grants=(grant,),
        must_change=False,
        created_at=datetime.now(UTC),
        created_by="test",
    )
    assert await hub.registry.accounts.add(marta)


async def circular_is_refused(hub: ConsoleHub) -> None:
    """Let a circular to all of Altos have come without its title."""
    whole = json.loads((EXAMPLES / "admin.circular.issued.json").read_text(encoding="utf-8"))
    data = whole["data"] | {"copropiedad_id": hub.more["PLACE"]}
    del data["title"]
    known = {"source": "urn:coproservicios:crm", "id": "evt-circular", "time": now().isoformat()}
    body = json.dumps({**whole, **known, "data": data}).encode()
    made = letter(
        body,
        reason="data.title: required",
        field="data.title",
        received_at=now(),
        routing_key="admin.circular.issued",
        source=known["source"],
        event_id=known["id"],
        event_type=whole["type"],
    )
    async with open_stores(hub.hub.database_url) as stores, stores.intake.transaction() as transaction:
        await transaction.add_dead_letters([made])
