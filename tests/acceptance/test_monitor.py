"""The hub watches itself, as its operators see it: their notices by incident and channel, and how often."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from http import HTTPStatus

from aiohttp import ClientSession

from hub.access.genuine_codes import ALPHABET
from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, hub_process, publisher, until
from tests.providers.http import answering
from tests.providers.smtp_conversation import Mail

OPS = "guardia@coproservicios.example"
NUMBER = "+573105550000"
STOPPED = "No trabajan los plazos y los recordatorios"
QUICK = """
[breaker]
min_calls = 3
open_for = "500ms"
max_open_for = "500ms"

[retry]
default = { base = "100ms", cap = "300ms", jitter = 0, tries = 1000 }
sms = { base = "100ms", cap = "300ms", jitter = 0, tries = 1000 }

[monitor]
interval = "300ms"
clear_after = "2s"
heartbeat_max_age = "2s"
audit_max_age = "4s"
"""
"""The audit looks every second."""


async def hire(publishing: Publisher) -> None:
    """Somebody of the company is on duty for the hub, with an address and a number."""
    points = [
        {"id": "cp-1", "kind": "email", "value": OPS},
        {"id": "cp-2", "kind": "phone", "value": NUMBER},
    ]
    person = {"person_id": "p-ops", "version": 1, "names": "Rosa Ruiz", "contact_points": points}
    duty = {"membership_id": "m-ops", "version": 1, "person_id": "p-ops", "scope": "company", "role": "staff"}
    await publishing.publish("directory.person.upserted", person)
    await publishing.publish("directory.membership.upserted", {**duty, "duty": "ops"})


def alerts(house: House, subject: str, to: str = OPS) -> list[Mail]:
    mails = [mail for mail in house.smtp.mails if mail.recipient == to]
    return [mail for mail in mails if str(mail.message["Subject"]).startswith(subject)]


def texts(house: House) -> list[str]:
    return [text.body for text in house.twilio.texts if text.to == NUMBER]


async def incidents(house: House) -> dict[str, str]:
    """Kind → state, as `hub incidents` shows it; the latest of each kind."""
    items = json.loads(await house.command("incidents", "--json"))["items"]
    return {item["kind"]: item["state"] for item in reversed(items)}


async def test_broken_provider_is_reported_once_by_another_channel_and_when_over(
    house: House,
) -> None:
    house.policy(QUICK)
    house.twilio.always = answering(500, {"code": 20500})
    async with house.running() as publishing:
        await hire(publishing)
        for number in range(6):
            who = {"name": "Pedro Gómez", "phone": f"310000001{number}"}
            await publishing.publish("pqrs.received", directory.pqrs(number, petitioner=who))
        await until(
            lambda: bool(alerts(house, "Avería: El proveedor twilio de SMS")), "the mail of its begin"
        )
        assert "open" == (await incidents(house))["circuit"]
        assert [] == texts(house)

        house.twilio.always = None
        await until(
            lambda: bool(alerts(house, "Resuelto: El proveedor twilio de SMS")), "the mail of its end"
        )
        assert "over" == (await incidents(house))["circuit"]
        assert "No hay averías abiertas" in await house.command("incidents")
        await until(lambda: bool(house.twilio.texts), "a text that waited")

    assert 1 == len(alerts(house, "Avería: El proveedor twilio"))
    assert 1 == len(alerts(house, "Resuelto: El proveedor twilio"))
    assert [] == texts(house)


async def test_with_nobody_on_duty_the_company_is_notified_of_a_dead_letter(house: House) -> None:
    house.policy(QUICK)
    async with house.running() as publishing:
        await publishing.publish_bytes(b"no event", "pqrs.received")
        subject = "Avería: Hay avisos de otros sistemas que no se pudieron recibir"
        await until(lambda: bool(alerts(house, subject, "servicio@coproservicios.example")), "the mail")

    assert 1 == len(house.smtp.mails)


async def test_web_role_reports_dead_timers_and_their_return(house: House) -> None:
    house.policy(QUICK)
    async with AsyncExitStack() as stack:
        for role in ("intake", "delivery", "web"):
            await stack.enter_async_context(hub_process(house.hub(role)))
        timers = house.hub("timers")
        await timers.start()
        publishing = await stack.enter_async_context(publisher(house.amqp_url))
        await hire(publishing)
        await until(lambda: any(line["event"] == "hub.starting" for line in timers.lines()), "the timers")
        await timers.kill()
        await until(
            lambda: bool(alerts(house, f"Avería: {STOPPED}")),
            "the mail",
            patience=60,
        )
        await until(lambda: any(STOPPED in text for text in texts(house)), "the text")

        await stack.enter_async_context(hub_process(house.hub("timers")))
        await until(
            lambda: bool(alerts(house, f"Resuelto: {STOPPED}")),
            "the end",
            patience=60,
        )

    assert 1 == len(alerts(house, f"Avería: {STOPPED}"))


async def test_operators_get_a_mail_about_a_low_balance(house: House) -> None:
    house.policy(QUICK)
    house.twilio.balance = "9.99"
    async with house.running("intake", "delivery") as publishing:
        await hire(publishing)
        await publishing.publish("pqrs.received", directory.pqrs(1))
        await until(lambda: bool(house.smtp.mails), "what was published after the duty")
        async with hub_process(house.hub("timers")):
            await until(lambda: bool(alerts(house, "Avería: Queda poco saldo en twilio")), "the mail")

    assert [] == texts(house)


async def test_operators_get_a_mail_when_many_check_codes_that_are_nobodys(house: House) -> None:
    address = f"127.0.0.1:{free_port()}"
    house.policy(QUICK)
    house.settings |= {"HUB_SECRET": "secret" * 8, "HUB_HTTP": address}
    async with house.running() as publishing, ClientSession(f"http://{address}") as client:
        await hire(publishing)

        async def is_unknown(number: int) -> bool:
            async with client.get(f"/v/K7F2M9QD{ALPHABET[number]}X") as answer:
                return answer.status == HTTPStatus.FORBIDDEN

        await until(lambda: is_unknown(0), "the page of codes")
        assert all([await is_unknown(number) for number in range(1, 22)])
        subject = "Avería: Muchos comprueban mensajes que no son nuestros"
        await until(lambda: bool(alerts(house, subject)), "the mail")

        assert "open" == (await incidents(house))["unknown_codes"]
