"""A word by mail counts for the person whose address it proves: anybody can write any From."""

import json
from email.message import EmailMessage
from typing import Any

from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.acceptance.test_mail_in import bring, mails, sent
from tests.providers.smtp import SmtpServer
from tests.providers.smtp_conversation import Mail

ROSA = "rosa@example.co"


def word(text: str, writer: str, number: int = 1) -> str:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = writer, "Re: su petición", f"<w{number}@example.co>"
    mail.set_content(text)
    return mail.as_string()


def reply_to(mail: Mail) -> str:
    (address,) = mail.message["Reply-To"].addresses
    return str(address.addr_spec)


def of(smtp: SmtpServer, recipient: str) -> list[Mail]:
    return [mail for mail in smtp.mails if mail.recipient == recipient]


async def consents(house: House) -> list[tuple[str, bool]]:
    """The opt-outs, each with whether it was lifted."""
    listed: list[dict[str, Any]] = json.loads(await house.command("opt-outs", "list", "--json"))["items"]
    return sorted((item["purpose"], item["lifted_at"] is not None) for item in listed)


async def answer_of_the_hub(house: House, recipient: str, count: int) -> Mail:
    await until(lambda: len(of(house.smtp, recipient)) == count, "the hub's answer")
    return of(house.smtp, recipient)[-1]


OUT = [("commercial", False), ("survey", False)]
BACK = [("commercial", True), ("survey", True)]


async def opted_out(house: House, publisher: Publisher, port: int) -> Mail:
    """Rosa gets a mail and answers BAJA; return that mail."""
    _, mail = await sent(house, publisher)
    await bring(port, ROSA, reply_to(mail), word("BAJA", ROSA))
    await answer_of_the_hub(house, ROSA, 2)
    return mail


async def test_forged_opt_in_counts_only_when_the_known_address_confirms_it(house: House, port: int) -> None:
    async with house.running() as publisher:
        mail = await opted_out(house, publisher, port)
        before = await consents(house)
        # Mallory has got the mail forwarded, and writes in Rosa's name.
        forged = await bring(port, "mallory@example.com", reply_to(mail), word("INICIAR", ROSA, 2))
        question = await answer_of_the_hub(house, ROSA, 3)
        unchanged = await consents(house)
        await bring(port, ROSA, reply_to(question), word("Iniciar", ROSA, 3))
        await answer_of_the_hub(house, ROSA, 4)
        after = await consents(house)

    assert (250, OUT, OUT) == (forged, before, unchanged)
    body = question.message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "INICIAR" in text
    assert "No hemos cambiado nada" in " ".join(text.split())
    assert BACK == after


async def test_forged_opt_out_of_another_address_asks_that_address(house: House, port: int) -> None:
    victim = "victima@example.co"
    async with house.running() as publisher:
        _, mail = await sent(house, publisher)
        await bring(port, victim, reply_to(mail), word("BAJA", victim))
        question = await answer_of_the_hub(house, victim, 1)
        unchanged = await consents(house)
        await bring(port, victim, reply_to(question), word("BAJA", victim, 2))
        await answer_of_the_hub(house, victim, 2)
        after = await consents(house)

    assert ([], OUT) == (unchanged, after)
    assert 1 == len(mails(house.smtp))
