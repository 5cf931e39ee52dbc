"""A petition from its receipt to the letter in the petitioner's hand, told by `hub case`."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_promises import A_LADDER_OF_MINUTES, LEVEL_2
from tests.acceptance.working_hours import at_work
from tests.providers.smtp_manners import replying

IDA = {"name": "Ida Torres", "email": "ida@example.co", "phone": "+573005550199"}
NUMBER = "PQ-2026-000007"
PETITION = {"pqrs_id": "pqrs-7", "radicado": NUMBER, "copropiedad_id": directory.BUILDING}


async def test_petition_is_told_from_its_receipt_to_the_letter_in_the_order_in_which_it_happened(
    house: House,
) -> None:
    hub = f"http://127.0.0.1:{free_port()}"
    house.policy(at_work() + A_LADDER_OF_MINUTES)
    house.settings |= {
        "HUB_HTTP": hub.removeprefix("http://"),
        "HUB_PUBLIC_URL": hub,
        "HUB_SMS_URL": f"{house.twilio.url}&two_way=true",
    }
    hook = f"{hub}/hooks/twilio/inbound"
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("pqrs.received", directory.pqrs(7, petitioner=IDA))
        await until(_texts_to(house, LEVEL_2), "the escalation to level 2")
        await house.twilio.bring(hook, LEVEL_2, "TOMO")
        await until(_tells(house, "Nivel 2 asume el caso"), "the acknowledgement")
        open_case = await house.command("case", NUMBER)
        await until(_texts_to(house, IDA["phone"]), "the receipt by text")
        await house.twilio.bring(hook, IDA["phone"], "¿Para cuándo?")
        await until(_tells(house, "escribe por SMS"), "her reply")
        await publisher.publish(
            "pqrs.replied", {**PETITION, "summary": "Ya lo revisamos.", "agent_id": "agente-1"}
        )
        mailed = "«PQRS con primera respuesta», por correo a i***@e***.co: enviado"
        await until(_tells(house, mailed), "the mail of the first reply")
        house.smtp.on("RCPT", replying("550 5.1.1 no such user", about="ida@"))
        by_mail = {"name": IDA["name"], "email": IDA["email"]}
        answer = {**PETITION, "petitioner": by_mail, "document_ref": "RESP-7"}
        await publisher.publish("pqrs.responded", {**answer, "responded_at": datetime.now(UTC).isoformat()})
        await until(_tells(house, "queda una carta por imprimir y entregar"), "the undelivered answer")
        await until(_has_letter(house), "the letter")
        [letter] = await _letters(house)
        await house.command("letters", "done", letter["id"])
        await until(_tells(house, "Cerrado: todos sus plazos terminaron."), "the end")
        told = await house.command("case", NUMBER)
        thread = json.loads(await house.command("case", "pqrs-7", "--whole", "--json"))
        notes = json.loads(await house.command("audit", "--json"))["items"]

    assert "Abierto." in open_case
    assert "lo tiene Nivel 2 desde" in open_case
    _in_order(
        told,
        "PQRS recibida · PQ-2026-000007",
        "Edificio Prueba · pqrs_id:pqrs-7",
        "Cerrado: todos sus plazos terminaron.",
        f"PQRS recibida (radicado {NUMBER}).",
        "Empieza el plazo «Término legal de respuesta»",
        "Se incumple «Primera respuesta»",
        "Nivel 2 escribe TOMO por SMS.",
        "Nivel 2 asume el caso por el nivel 2 (Coordinación del área).",
        "Ida Torres escribe por SMS.",
        f"PQRS con primera respuesta (radicado {NUMBER}).",
        f"PQRS respondida (radicado {NUMBER}).",
        "por correo a i***@e***.co: falló. La dirección de correo no existe.",
        "No se pudo entregar «PQRS respondida»: la dirección de correo no existe; queda una carta",
        "Se entregó en mano la carta de «PQRS respondida».",
    )
    # On a busy machine the text may leave after the promise, which lasts for seconds here, has ended.
    _in_order(
        told,
        "Empieza el plazo «Término legal de respuesta»",
        "A Ida Torres, «PQRS recibida», por SMS a +57 *** *** 0199: enviado",
        f"PQRS con primera respuesta (radicado {NUMBER}).",
    )
    # Whoever answers there reads names and words, and no address.
    assert "¿Para cuándo?" in told
    assert IDA["email"] not in told
    assert "«Primera respuesta» sigue sin respuesta: pasa del nivel 1 al nivel 2" in told
    assert ["¿Para cuándo?", "TOMO"] == sorted(
        (entry["reply"]["text"] for entry in thread["entries"] if entry["reply"]), reverse=True
    )
    [paper] = [entry for entry in thread["entries"] if entry["kind"] == "letter"]
    assert ("as_sent", "delivered", "Ida Torres") == tuple(
        paper["message"][name] for name in ("text_origin", "state", "name")
    )
    assert [entry["at"] for entry in thread["entries"]] == sorted(entry["at"] for entry in thread["entries"])
    assert ("case.show", "case:pqrs_id:pqrs-7", {"whole": True}) == tuple(
        notes[0][name] for name in ("action", "subject", "detail")
    )


def _in_order(text: str, *parts: str) -> None:
    """Each part stands in the text after the one before."""
    position = 0
    for part in parts:
        found = text.find(part, position)
        assert found >= 0, f"{part!r} is not after the one before in:\n{text}"
        position = found + len(part)


def _texts_to(house: House, number: str) -> Callable[[], bool]:
    return lambda: any(text.to == number for text in house.twilio.texts)


def _tells(house: House, words: str) -> Callable[[], Awaitable[bool]]:
    async def tells() -> bool:
        return words in await house.command("case", NUMBER)

    return tells


def _has_letter(house: House) -> Callable[[], Awaitable[bool]]:
    async def has() -> bool:
        return bool(await _letters(house))

    return has


async def _letters(house: House) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(await house.command("letters", "list", "--json"))["items"]
    return items
