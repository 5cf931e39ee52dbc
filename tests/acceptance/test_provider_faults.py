"""Providers that refuse, stumble, hang and go away: each message has a clear end, and none is lost."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import Lasting, discreet, lasting, reply
from tests.providers import mail_rules, twilio
from tests.providers.fcm import refusal_body
from tests.providers.http import Behaviour, answering, drop, hang
from tests.providers.smtp_conversation import Conversation
from tests.providers.smtp_manners import drop_after_part, first, leaving, replying
from tests.providers.smtp_manners import hang as smtp_hang
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRIES = 4
SOON = f"""
[delivery]
provider_timeout = "2s"
lease_margin = "1s"

[breaker]
open_for = "300ms"
max_open_for = "1s"

[retry]
default = {{ base = "300ms", cap = "1s", jitter = 0, tries = {TRIES} }}
email = {{ tries = 100 }}
sms = {{ base = "300ms", cap = "1s" }}
push = {{ base = "300ms", cap = "1s" }}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    async with lasting(servers, tmp_path_factory.mktemp("faults"), policy=SOON) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def home(running: Lasting) -> AsyncIterator[Lasting]:
    async with discreet(running) as same:
        yield same
    running.house.smtp.behave()


async def test_a_mail_refused_for_now_is_sent_later_and_once(home: Lasting) -> None:
    home.house.smtp.on("RCPT", first(2, replying("451 4.7.1 Greylisted", about="gris@")))
    event_id = await home.publish("pqrs.replied", reply("gris"))
    message = await home.message(event_id, "email", "sent")

    assert ["transient", "transient", "accepted"] == outcomes(message)
    assert ["451 4.7.1 Greylisted"] * 2 == [attempt["code"] for attempt in message["attempts"][:2]]
    assert 1 == len(home.mails("gris@example.co"))


async def test_the_command_shows_the_same_messages_and_states(home: Lasting) -> None:
    event_id = await home.publish("pqrs.replied", reply("mostrada"))
    await home.message(event_id, "email", "sent")
    shown = json.loads(await home.house.command("deliveries", "--json", "--event-id", event_id))

    assert await home.messages_of(event_id) == shown["items"]


async def test_a_mailbox_that_is_not_there_fails_with_its_reason_and_a_text_goes_instead(
    home: Lasting,
) -> None:
    home.house.smtp.on("RCPT", replying("550 5.1.1 ida@example.co: no such user", about="ida@"))
    petitioner = {"name": "Vecina Ida", "email": "ida@example.co", "phone": "300 555 0001"}
    event_id = await home.publish("pqrs.replied", reply("ida", petitioner=petitioner))
    await home.message(event_id, "sms", "sent")
    failed = await home.message(event_id, "email", "failed")
    (text,) = (sms for sms in home.house.twilio.texts if sms.to == "+573005550001")

    assert ("smtp_550_5.1.1", ["permanent"]) == (failed["reason"], outcomes(failed))
    assert "ida@" not in json.dumps(failed)
    assert "PQ-ida" in text.body


async def test_one_refused_recipient_of_a_burst_holds_up_nobody(home: Lasting) -> None:
    home.house.smtp.on("RCPT", replying("550 5.7.1 No", about="racimo3@"))
    ids = await asyncio.gather(
        *(home.publish("pqrs.replied", reply(f"racimo{number}")) for number in range(8))
    )
    failed = await home.message(ids[3], "email", "failed")
    for number in {*range(8)} - {3}:
        await home.message(ids[number], "email", "sent")

    assert "smtp_550_5.7.1" == failed["reason"]
    assert 7 == sum(mail.recipient.startswith("racimo") for mail in home.house.smtp.mails)


async def test_a_connection_lost_in_the_middle_of_data_is_tried_again(home: Lasting) -> None:
    home.house.smtp.on("CONTENT", first(1, drop_after_part))
    event_id = await home.publish("pqrs.replied", reply("cortada"))
    message = await home.message(event_id, "email", "sent")

    # The server may have had it all and taken it: nobody can know.
    assert ["unknown", "accepted"] == outcomes(message)
    assert "connection_lost" == message["attempts"][0]["code"]
    assert 1 == len(home.mails("cortada@example.co"))


async def test_a_mail_that_was_taken_without_a_word_comes_again_with_the_same_message_id(
    home: Lasting,
) -> None:
    silently: list[EmailMessage] = []

    async def take_and_hang(conversation: Conversation, _line: str) -> bool:
        silently.append(mail_rules.parse(await conversation.wire.read_content() or b""))
        await conversation.wire.stay_silent()
        return True

    home.house.smtp.on("CONTENT", first(1, take_and_hang))
    event_id = await home.publish("pqrs.replied", reply("callada"))
    message = await home.message(event_id, "email", "sent")

    assert ["unknown", "accepted"] == outcomes(message)
    assert "timeout" == message["attempts"][0]["code"]
    assert [silently[0]["Message-ID"]] == [
        mail.message["Message-ID"] for mail in home.mails("callada@example.co")
    ]


async def test_a_server_that_hangs_before_the_content_is_left_and_asked_again(home: Lasting) -> None:
    home.house.smtp.on("RCPT", first(1, smtp_hang))
    event_id = await home.publish("pqrs.replied", reply("colgada"))
    message = await home.message(event_id, "email", "sent")

    assert ["transient", "accepted"] == outcomes(message)
    assert 1 == len(home.mails("colgada@example.co"))


async def test_a_server_that_says_goodbye_loses_nothing(home: Lasting) -> None:
    smtp = home.house.smtp
    smtp.on("CONNECT", first(2, leaving("421 4.3.2 Shutting down")))
    smtp.hang_up()
    event_id = await home.publish("pqrs.replied", reply("despedida"))
    await home.message(event_id, "email", "sent")

    assert 1 == len(home.mails("despedida@example.co"))


async def test_a_mail_server_that_is_down_for_a_while_loses_nothing_and_doubles_nothing(
    home: Lasting,
) -> None:
    smtp, who = home.house.smtp, [f"espera{number}" for number in range(20)]
    port = smtp.port
    await smtp.stop()
    ids = await asyncio.gather(*(home.publish("pqrs.replied", reply(name)) for name in who))
    await home.message(ids[-1], "email", "retrying")
    await until(lambda: _left_alone(home), "the circuit to open")
    await smtp.start(port)
    messages = [await home.message(event_id, "email", "sent") for event_id in ids]
    refused = [attempt["code"] for message in messages for attempt in message["attempts"][:-1]]

    assert {"connect_failed"} == {*refused}
    assert sorted(f"{name}@example.co" for name in who) == sorted(
        mail.recipient for mail in smtp.mails if mail.recipient.startswith("espera")
    )


async def _left_alone(home: Lasting) -> bool:
    async with home.api.get("/metrics") as response:
        return 'hub_provider_circuit{channel="email",provider="smtp"} 2.0' in await response.text()


def outcomes(message: dict[str, Any]) -> list[str]:
    return [attempt["outcome"] for attempt in message["attempts"]]


async def by_text(home: Lasting, who: str, number: str) -> str:
    """Publish what reaches somebody by text only; answer the event's id."""
    petitioner = {"name": f"Vecino {who.capitalize()}", "phone": number}
    return await home.publish("pqrs.replied", reply(who, petitioner=petitioner))


async def test_a_text_refused_by_a_stumbling_provider_is_sent_later(home: Lasting) -> None:
    home.house.twilio.script += [answering(500), answering(503, "<html>no</html>")]
    event_id = await by_text(home, "tropiezo", "300 555 0002")
    message = await home.message(event_id, "sms", "sent")

    assert ["transient", "transient", "accepted"] == outcomes(message)
    assert ["500", "503"] == [attempt["code"] for attempt in message["attempts"][:2]]
    assert 1 == texts_to(home, "+573005550002")


async def test_a_provider_that_asks_for_patience_is_given_it(home: Lasting) -> None:
    asked: list[float] = []

    async def too_many(request: web.Request) -> web.StreamResponse:
        asked.append(time.monotonic())
        body = twilio.refusal_body(429, 20429, "Too Many Requests")
        return await answering(429, body, {"Retry-After": "2"})(request)

    home.house.twilio.script.append(too_many)
    event_id = await by_text(home, "paciencia", "300 555 0003")
    waiting = await home.message(event_id, "sms", "retrying")
    await home.message(event_id, "sms", "sent")

    assert "rate_limited" == waiting["reason"]
    # Without being asked it would have come back after 0.3 s.
    assert time.monotonic() - asked[0] >= 2
    assert 1 == texts_to(home, "+573005550003")


async def test_a_number_that_wants_no_texts_fails_with_its_reason(home: Lasting) -> None:
    refused = twilio.refusal_body(400, 21610, "Attempt to send to unsubscribed recipient +573005550004")
    home.house.twilio.script.append(answering(400, refused))
    event_id = await by_text(home, "negada", "300 555 0004")
    message = await home.message(event_id, "sms", "failed")

    assert ("opted_out", ["permanent"]) == (message["reason"], outcomes(message))
    assert "3005550004" not in json.dumps(message)


@pytest.mark.parametrize(
    ("manner", "code", "number"),
    [(hang, "timeout", "300 555 0005"), (drop, "connection_lost", "300 555 0006")],
    ids=["hangs", "drops"],
)
async def test_a_provider_that_does_not_answer_is_asked_again(
    home: Lasting, manner: Behaviour, code: str, number: str
) -> None:
    home.house.twilio.script.append(manner)
    event_id = await by_text(home, f"muda{code}", number)
    message = await home.message(event_id, "sms", "sent")

    # The request was on its way: it may have arrived.
    assert ("unknown", code) == (message["attempts"][0]["outcome"], message["attempts"][0]["code"])
    assert ["unknown", "accepted"] == outcomes(message)


async def test_a_provider_that_never_recovers_ends_the_message_after_its_last_try(home: Lasting) -> None:
    home.house.twilio.script += [answering(500) for _ in range(TRIES)]
    event_id = await by_text(home, "agotada", "300 555 0007")
    message = await home.message(event_id, "sms", "failed")

    assert ("retries_exhausted", ["transient"] * TRIES) == (message["reason"], outcomes(message))
    assert 0 == texts_to(home, "+573005550007")


def texts_to(home: Lasting, number: str) -> int:
    return sum(text.to == number for text in home.house.twilio.texts)


async def test_a_device_that_is_gone_fails_and_the_other_one_rings(home: Lasting) -> None:
    await publish_person(home, "p-movil", "u" * 40, "v" * 40)
    gone = refusal_body(404, "NOT_FOUND", "UNREGISTERED")
    home.house.fcm.script += [answering(404, gone)]
    event_id = await home.publish("pqrs.closed", closed("p-movil"))
    sent = await home.message(event_id, "push", "sent")
    failed = await home.message(event_id, "push", "failed")

    assert ("unregistered", ["permanent"]) == (failed["reason"], outcomes(failed))
    assert "404 UNREGISTERED" == failed["attempts"][0]["code"]
    assert ["accepted"] == outcomes(sent)
    assert 1 == len(home.house.fcm.pushes)


async def test_a_push_that_times_out_is_tried_again(home: Lasting) -> None:
    await publish_person(home, "p-lenta", "w" * 40)
    home.house.fcm.script += [hang, answering(503)]
    event_id = await home.publish("pqrs.closed", closed("p-lenta"))
    message = await home.message(event_id, "push", "sent")

    assert ["unknown", "transient", "accepted"] == outcomes(message)


async def publish_person(home: Lasting, ref: str, *devices: str) -> None:
    """Publish a person who has these devices and nothing else."""
    points = [{"id": f"cp-{token[0]}", "kind": "push", "value": token} for token in devices]
    await home.publish(
        "directory.person.upserted",
        {"person_id": ref, "version": 1, "names": "Persona Móvil", "contact_points": points},
    )


def closed(ref: str) -> dict[str, Any]:
    return {
        "pqrs_id": f"pqrs-{ref}",
        "radicado": f"PQ-{ref}",
        "actions_taken": "Se cambió la lámpara del pasillo.",
        "first_instance": True,
        "petitioner": {"ref": ref},
    }
