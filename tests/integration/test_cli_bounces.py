"""`hub bounces` as a command against a real database."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hub.model import Message, State
from hub.storage import Database
from tests.command_line import hub
from tests.contract.stores import open_stores
from tests.contract.values import HOUR, event, message, now, stored


async def doubted(database_url: str) -> Message:
    """Store a mail that a report calls lost."""
    of = stored(event(id="answer"))
    mail = message(of, state=State.SENT, created_at=now())
    async with open_stores(database_url) as stores:
        async with stores.intake.transaction() as transaction:
            await transaction.add_events([of])
        await stores.add(mail)
        await stores.mail_reports.doubt(mail.id, reason="reported_dsn_5.1.1", until=now() + HOUR)
    return mail


@pytest.mark.parametrize(("act", "state"), [("confirm", "bounced"), ("dismiss", "delivered")])
async def test_word_of_a_person_on_a_mail_is_recorded_once_and_noted_each_time(
    environ: dict[str, str], act: str, state: str
) -> None:
    mail = await doubted(environ["HUB_DATABASE_URL"])
    first, again, unknown = [
        await hub(environ, "bounces", act, str(message_id)) for message_id in (mail.id, mail.id, uuid4())
    ]
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        stands = await database.rows("SELECT state FROM message WHERE id = $1", mail.id)
        noted = await database.rows("SELECT action, subject, person FROM audit")

    assert [(0, True), (0, False)] == [(code, said["changed"]) for code, said, _ in (first, again)]
    assert (1, f"message:{mail.id}") == (unknown[0], noted[0]["subject"])
    assert [(f"bounce.{act}", mail.person)] * 2 == [(row["action"], row["person"]) for row in noted]
    assert [state] == [row["state"] for row in stands]
