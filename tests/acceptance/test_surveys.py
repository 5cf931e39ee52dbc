"""From a closed case to the call of a dissatisfied person, over RabbitMQ, a mail and the page in it."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import ClientSession, hdrs
from yarl import URL

from hub.local.loopback import free_port
from hub.storage import Database
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.acceptance.test_promises import HUB, SECRET, link_in

AT_ONCE: Final = """
[follow_ups]
survey_after_pqrs = "1s"

[windows.ley_2300]
purposes = ["collection", "commercial"]
"""
AGREED: Final = {
    "subject_id": "p-ana",
    "purposes": ["survey"],
    "text_version": "2026-02",
    "method": "paper",
}
ANA: Final = {"petitioner": {"ref": "p-ana"}}


async def test_closed_case_asks_and_a_low_score_starts_the_call_once(house: House) -> None:
    address = f"127.0.0.1:{free_port()}"
    house.policy(AT_ONCE)
    house.settings |= {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_HTTP": address}
    async with (
        house.running() as publisher,
        Database(house.database_url) as database,
        ClientSession(f"http://{address}") as client,
    ):
        await directory.publish_all(publisher)
        await publisher.publish("privacy.consent.granted", AGREED)
        for number in (1, 2):
            await publisher.publish("pqrs.received", directory.pqrs(number, **ANA))
            await publisher.publish(
                "pqrs.closed",
                {
                    "pqrs_id": f"pqrs-{number}",
                    "radicado": f"PQ-2026-{number:06}",
                    "actions_taken": "Se envió la copia.",
                    "first_instance": True,
                },
            )

        async def states() -> list[tuple[str, str | None]]:
            rows = await database.rows(
                "SELECT state, reason FROM message"
                " WHERE event = 'survey.requested' AND step = 0 AND occasion = 'initial'"
            )
            return sorted((row["state"], row["reason"]) for row in rows)

        async def are_decided() -> bool:
            return [("sent", None), ("suppressed", "asked_lately")] == await states()

        await until(are_decided, "one survey to be sent and the other to be refused")
        link = await the_link(house)
        page = await client.get(link.relative())
        assert "¿qué tan probable es que nos recomiende?" in await page.text()
        assert 0 == await count(database, "survey.answered")
        for score in ("2", "3"):
            answered = await client.post(
                link.relative(), data={"score": score, "comment": "Nadie llamó."}, headers={hdrs.ORIGIN: HUB}
            )
            assert 200 == answered.status
            await until_counted(database, "survey.answered", int(score) - 1)
        await until_counted(database, "satisfaction.detractor.detected", 1)

        async def is_called() -> bool:
            rows = await database.rows("SELECT state FROM clock WHERE name = 'callback'")
            return ["open"] == [row["state"] for row in rows]

        await until(is_called, "the clock of the call")
        [row] = await database.rows(
            "SELECT data FROM event WHERE type LIKE '%satisfaction.detractor.detected%'"
        )
        assert ("Ana María Peña", 2, "Nadie llamó.") == tuple(
            row["data"][name] for name in ("person_name", "score", "comment")
        )
        assert "Nadie llamó" not in (house.folder / "hub.log").read_text()
        shown = await house.command("indicators", "--json")
        assert '"few": true' in shown


async def the_link(house: House) -> URL:
    mails: list[Any] = []

    def has_come() -> bool:
        mails[:] = [mail for mail in house.smtp.mails if "Califique" in str(mail.message["Subject"])]
        return bool(mails)

    await until(has_come, "the mail of the survey")
    return link_in(mails[0].message.get_body(("plain",)).get_content())


async def count(database: Database, name: str) -> int:
    rows = await database.rows(
        "SELECT count(*) AS n FROM event WHERE type = $1", f"co.coproservicios.{name}.v1"
    )
    found: int = rows[0]["n"]
    return found


async def until_counted(database: Database, name: str, number: int) -> None:
    async def are_there() -> bool:
        return await count(database, name) == number

    await until(are_there, f"{number} of {name}")
