"""People whom a message cannot reach, names that want to be more than names, texts that miss a word."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.acceptance.publisher_queue import Lasting, discreet, lasting, reply
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTED = """
{% block subject %}Cerramos su caso {{ radicado }}{% endblock %}
{% block body %}Le dejamos esta nota: {{ note }}{% endblock %}
{% block push_title %}Caso {{ radicado }}{% endblock %}
{% block push_body %}{{ note }}{% endblock %}
"""
"""A company's own text of `pqrs.closed`, which asks for a field that the schema does not."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    folder = tmp_path_factory.mktemp("bad-people")
    texts = folder / "templates"
    (texts / "es").mkdir(parents=True)
    (texts / "es" / "pqrs.closed.j2").write_text(NOTED)
    async with lasting(servers, folder, templates=texts) as built:
        yield built


@pytest_asyncio.fixture(loop_scope="module")
async def home(running: Lasting) -> AsyncIterator[Lasting]:
    async with discreet(running) as same:
        yield same


HOSTILE = {
    "header": "Ana\r\nBcc: espia@example.co\r\nX: ",
    "folded": "Ana\n Bcc: espia@example.co",
    "mailbox": 'Ana" <espia@example.co>, "Eva',
    "comma": "Ana, espia@example.co",
    "separator": "Ana\u2028Bcc: espia@example.co",
    "encoded": "=?utf-8?q?Ana=0D=0ABcc:_espia=40example.co?=",
    "html": "<Script>alert(1)</Script>",
    "image": "<Img/src=x/onerror=alert(1)>",
    "jinja": "{{7*7}}{{Config}}",
    "statement": "{%Raw%}{{7*7}}",
    "markdown": "[Ana](javascript:alert(1))**Eva**",
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_a_hostile_name_stays_a_name(home: Lasting, case: str) -> None:
    name, address = HOSTILE[case], f"{case}@example.co"
    data = reply(
        case, petitioner={"name": name, "email": address}, summary=f"Nota: {HOSTILE['jinja']} {name}"
    )
    await home.publish("pqrs.replied", data)
    mail = await home.mail(address)
    message = mail.message
    plain, html = (part.get_content() for part in message.iter_parts())

    assert [address] == [mailbox.addr_spec for mailbox in message["To"].addresses]
    assert {"Bcc", "Cc", "X"}.isdisjoint(message)
    same = message["Message-ID"].encode()
    assert [address] == [one.recipient for one in home.house.smtp.mails if same in one.content]
    assert "49" not in plain + html
    # Literally, both times: the greeting has the first word of the name, the text all of it.
    assert f"Hola, {name.split()[0]}:" in plain
    assert HOSTILE["jinja"] in plain
    assert HOSTILE["jinja"] in html
    assert not any(tag in html for tag in ("<Script", "<Img", "<strong>Eva", 'href="javascript'))


async def test_a_stranger_without_a_usable_contact_is_suppressed(home: Lasting) -> None:
    nobody = {"name": "Don Nadie", "email": "nadie en ninguna parte", "phone": "12"}
    event_id = await home.publish("pqrs.replied", reply("nadie", petitioner=nobody))
    message = await home.message(event_id, "email", "suppressed")

    assert "no_contact" == message["reason"]
    assert ["email:no_contact", "whatsapp:not_configured", "sms:no_contact"] == message["skipped"]


async def test_a_person_of_the_directory_without_contact_points_is_suppressed(home: Lasting) -> None:
    await home.publish(
        "directory.person.upserted",
        {"person_id": "p-muda", "version": 1, "names": "Persona Callada", "contact_points": []},
    )
    event_id = await home.publish("pqrs.replied", reply("muda", petitioner={"ref": "p-muda"}))
    message = await home.message(event_id, "email", "suppressed")

    assert ("no_contact", "p-muda") == (message["reason"], message["person"])


async def test_a_reference_that_nobody_has_is_suppressed(home: Lasting) -> None:
    event_id = await home.publish("pqrs.replied", reply("perdida", petitioner={"ref": "p-perdida"}))
    message = await home.message(event_id, "email", "suppressed")

    assert ("unknown_person", "p-perdida") == (message["reason"], message["person"])


async def test_a_landline_gets_no_text_and_the_mail_goes_all_the_same(home: Lasting) -> None:
    fixed = {"name": "Fija Bogotana", "email": "fija@example.co", "phone": "601 345 6789"}
    data = {**_received("fija"), "petitioner": fixed}
    event_id = await home.publish("pqrs.received", data)
    message = await home.message(event_id, "email", "sent")
    messages = await home.messages_of(event_id)

    assert "sms:no_contact" in message["skipped"]
    assert ["email"] == [row["channel"] for row in messages]
    assert [] == [text for text in home.house.twilio.texts if "6013456789" in text.to]


def _received(who: str) -> dict[str, Any]:
    return {
        "pqrs_id": f"pqrs-{who}",
        "radicado": f"PQ-{who}",
        "kind": "queja",
        "entry_channel": "web",
        "service_area": "administracion",
        "subject": f"Asunto de {who}",
    }


async def test_a_missing_template_variable_ends_that_message_and_the_others_go(home: Lasting) -> None:
    names = [f"nota{number}" for number in range(5)]
    noted = {who: {**_closed(who), "note": f"Todo bien, {who}."} for who in names}
    noted["nota2"].pop("note")
    ids = dict(
        zip(
            names,
            await asyncio.gather(*(home.publish("pqrs.closed", data) for data in noted.values())),
            strict=True,
        )
    )
    failed = await home.message(ids["nota2"], "email", "failed")
    mails = [await home.mail(f"{who}@example.co") for who in names if who != "nota2"]

    assert ("template", []) == (failed["reason"], failed["attempts"])
    assert 4 == len(mails)
    assert [] == home.mails("nota2@example.co")
    missing = [line["error"] for line in home.hub.lines() if line["event"] == "template.failed"]
    assert ["pqrs.closed.body: note is missing"] == missing


def _closed(who: str) -> dict[str, Any]:
    return {
        "pqrs_id": f"pqrs-{who}",
        "radicado": f"PQ-{who}",
        "actions_taken": f"Se hizo todo, {who}.",
        "first_instance": True,
        "petitioner": {"name": f"Vecina {who.capitalize()}", "email": f"{who}@example.co"},
    }
