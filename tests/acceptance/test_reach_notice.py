"""Once a week a running hub tells by mail which units no message reaches."""

from datetime import UTC, datetime
from typing import Final

import asyncpg

from hub.business_time.dates import ZONE
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.working_hours import at_work

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHO: Final = "p-centro"
EMPTY: Final = {"unit_id": "u-102", "version": 1, "copropiedad_id": directory.BUILDING, "label": "Apto 102"}
"""A unit of which nobody is known."""


def today() -> str:
    return DAYS[datetime.now(UTC).astimezone(ZONE).weekday()]


async def knows(house: House, person: str) -> bool:
    connection = await asyncpg.connect(house.database_url)
    try:
        return bool(await connection.fetchval("SELECT count(*) FROM membership WHERE person_id = $1", person))
    finally:
        await connection.close()


async def test_whoever_runs_the_hub_gets_the_weekly_notice_by_mail(house: House) -> None:
    """The timers count at their first look, so people must be there before they start."""
    house.policy(f'{at_work()}\n[reach]\nat = "00:00"\nweekday = "{today()}"\n')
    async with house.running("intake") as publisher:
        await directory.publish_all(publisher)
        await publisher.publish("directory.unit.upserted", EMPTY)
        await directory._person(publisher, WHO, "Centro Mensajes", email="centro@example.co")
        await directory._member(publisher, f"m-{WHO}", WHO, "company", "staff", duty="ops")
        await until(lambda: knows(house, WHO), "the directory to be taken in")
    async with house.running():
        await until(lambda: bool(house.smtp.mails), "the mail of the weekly notice")

    [mail] = house.smtp.mails
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert mail.recipient == "centro@example.co"
    assert mail.message["Subject"] == "1 unidad sin contacto verificado"
    assert "1 de 2" in body.get_content()
    assert "Edificio Prueba" in body.get_content()
