"""A petition from outside, its constancia by the command, and the verifier in a process of its own."""

import json
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_promises import A_LADDER_OF_MINUTES
from tests.acceptance.working_hours import at_work
from tests.integration.test_constancia import words_of
from tests.providers.smtp_manners import replying
from tests.unit.constancias import run_alone

NUMBER = "PQ-2026-000008"
IDA = {"name": "Ida Torres", "email": "ida@example.co", "phone": "+573005550199"}
ANSWER = {"pqrs_id": "pqrs-8", "radicado": NUMBER, "copropiedad_id": directory.BUILDING}


async def test_petition_with_a_letter_has_a_constancia_that_anybody_verifies(house: House) -> None:
    house.policy(at_work() + A_LADDER_OF_MINUTES)
    house.settings["HUB_SECRET"] = "a-secret-that-nobody-guesses-and-long-enough"
    house.settings["HUB_PUBLIC_URL"] = "https://hub.example.co"
    archive, program = house.folder / "c.zip", house.folder / "verificar.py"
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await house.settled(await publisher.publish("pqrs.received", directory.pqrs(8, petitioner=IDA)))
        await until(_tells(house, "pasa del nivel 1 al nivel 2"), "the escalation")
        reply = {**ANSWER, "summary": "Ya lo revisamos.", "agent_id": "agente-1"}
        replied = await publisher.publish("pqrs.replied", reply)
        await until(_tells(house, "Se cumple tarde el plazo «Primera respuesta»"), "the reply")
        await house.settled(replied)
        house.smtp.on("RCPT", replying("550 5.1.1 no such user", about="ida@"))
        by_mail = {"name": IDA["name"], "email": IDA["email"]}
        answer = {**ANSWER, "petitioner": by_mail, "document_ref": "RESP-8"}
        await publisher.publish("pqrs.responded", {**answer, "responded_at": datetime.now(UTC).isoformat()})
        await until(_tells(house, "queda una carta por imprimir y entregar"), "the undelivered answer")
        await until(_has_letter(house), "the letter")
        done = json.loads(await house.command("constancia", "case", NUMBER, "--out", str(archive), "--json"))
        key = json.loads(await house.command("constancia", "key", "--json"))["fingerprint"]
    files = _files(archive)
    program.write_bytes(files["verificar.py"])
    alone = run_alone(program, str(archive), "--key", key)
    text = words_of(files["constancia.pdf"], house.folder)
    sent = {mail.content for mail in house.smtp.mails}
    said = [str(mail.message.get_body(("plain",))) for mail in house.smtp.mails]
    kept = [content for name, content in files.items() if name.endswith(".eml")]

    assert (0, "") == (alone.returncode, alone.stderr)
    assert alone.stdout.endswith("Todo cuadra.\n")
    assert (key, []) == (done["key"], done["mismatches"])
    assert 2 < len(kept)
    assert set(kept) <= sent
    for shown in (
        f"Constancia de {NUMBER}",
        ", en el servidor, el ",
        "Ida Torres",
        "«Primera respuesta» sigue sin respuesta: pasa del nivel 1 al nivel 2",
        "Aceptado por el proveedor (",
        "Ya lo revisamos.",
        "Fallido. La dirección de correo no existe.",
        "Carta sin entregar",
        "Por carta",
    ):
        assert shown in text
    # Paper is passed on: the link of an escalation acts for the person who was called.
    assert any("/take-on/" in told for told in said)
    assert "(enlace personal)" in text
    assert "/take-on/" not in text


def _tells(house: House, words: str) -> Callable[[], Awaitable[bool]]:
    async def tells() -> bool:
        return words in await house.command("case", NUMBER)

    return tells


def _has_letter(house: House) -> Callable[[], Awaitable[bool]]:
    async def has() -> bool:
        return bool(json.loads(await house.command("letters", "list", "--json"))["items"])

    return has


def _files(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
