"""From a closed case to the call of a dissatisfied person, over RabbitMQ, a mail and the page in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from aiohttp import ClientSession, hdrs
from yarl import URL

from hub.local.loopback import free_port
from hub.storage import Database
from hub.timers import scheduler
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import hub_process, publisher, until
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
ANOTHER: Final = {
    "survey_id": "s-otra",
    "kind": "post_servicio",
    "respondent": {"ref": "p-nivel-4"},
    "expires_at": "2099-12-31T12:00:00-05:00",
    "copropiedad_id": directory.BUILDING,
}
"""A survey to somebody who presses the button of its mail."""


def audit_what_is_due() -> None:
    """Run in the new process: follow-ups are silent, and only the audit does them, ten seconds late."""
    setattr(scheduler, "MISSED", timedelta(seconds=1))  # noqa: B010 - a constant elsewhere


async def test_closed_case_asks_and_a_low_score_starts_the_call_once(house: House) -> None:
    address = f"127.0.0.1:{free_port()}"
    house.policy(AT_ONCE)
    house.settings |= {"HUB_SECRET": SECRET, "HUB_PUBLIC_URL": HUB, "HUB_HTTP": address}
    house.settings |= {"HUB_WHATSAPP_URL": house.whatsapp.url}
    hub = house.hub()
    hub.prepare = audit_what_is_due
    async with (
        hub_process(hub),
        publisher(house.amqp_url) as publishing,
        Database(house.database_url) as database,
        ClientSession(f"http://{address}") as client,
    ):
        await directory.publish_all(publishing)
        await publishing.publish("privacy.consent.granted", AGREED)
        await publishing.publish("privacy.consent.granted", {**AGREED, "subject_id": "p-nivel-4"})
        for number in (1, 2):
            await publishing.publish("pqrs.received", directory.pqrs(number, **ANA))
            await publishing.publish(
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
                " WHERE event = 'survey.requested' AND step = 0 AND occasion = 'initial' AND person = 'p-ana'"
            )
            return sorted((row["state"], row["reason"]) for row in rows)

        async def are_decided() -> bool:
            return [("sent", None), ("suppressed", "asked_lately")] == await states()

        await until(are_decided, "one survey to be sent and the other to be refused")
        await publishing.publish("survey.requested", ANOTHER)
        await press_one_click(house, client, database)
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
        await no_reminder_leaves(house, database)


async def press_one_click(house: House, client: ClientSession, database: Database) -> None:
    """Press the button of the mail (RFC 8058), as its mailbox provider does; then let its reminder be due."""
    mail = await the_mail(house, "nivel4@example.co")
    where = URL(str(mail.message["List-Unsubscribe"]).strip("<>"))
    pressed = await client.post(where.relative(), data={"List-Unsubscribe": "One-Click"})
    assert 200 == pressed.status
    await database.rows("UPDATE message SET next_at = now() WHERE person = 'p-nivel-4' AND state = 'held'")


async def no_reminder_leaves(house: House, database: Database) -> None:
    """Ley 1581, art. 8 (e), and Ley 2300, art. 5: who has said no by mail gets no WhatsApp, either."""

    async def steps() -> list[tuple[str, str, str]]:
        rows = await database.rows(
            "SELECT channel, state, reason FROM message WHERE person = 'p-nivel-4'"
            " AND event = 'survey.requested' AND occasion <> 'initial' ORDER BY step"
        )
        return [tuple(row) for row in rows]

    async def have_ended() -> bool:
        found = await steps()
        return bool(found) and found[-1][0] != "email" and found[-1][1] != "queued"

    await until(have_ended, "the steps of the reminder to end")
    assert {("suppressed", "opted_out")} == {step[1:] for step in await steps()}
    assert [] == [note for note in house.whatsapp.notes if note.to.endswith("3100000004")]


async def the_link(house: House) -> URL:
    mail = await the_mail(house, "ana@example.co")
    return link_in(mail.message.get_body(("plain",)).get_content())


async def the_mail(house: House, to: str) -> Any:
    mails: list[Any] = []

    def has_come() -> bool:
        mails[:] = [
            mail
            for mail in house.smtp.mails
            if mail.recipient == to and "Califique" in str(mail.message["Subject"])
        ]
        return bool(mails)

    await until(has_come, "the mail of the survey")
    return mails[0]


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
