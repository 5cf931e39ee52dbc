"""The in-app inbox, and the data shown of a person."""

from uuid import UUID, uuid4

from hub.model import Outgoing, Rendered
from hub.storage import Database, PostgresInbox
from tests.contract.values import HOUR, NOON
from tests.unit.factories import message


def _outgoing(message_id: UUID, hours: int = 0) -> Outgoing:
    return Outgoing(
        message=message(
            id=message_id, channel="inbox", person="p-1", event="pqrs.closed", created_at=NOON + hours * HOUR
        ),
        rendered=Rendered(subject="Cierre", text="Su PQRS se cerró.", html="<p>Su PQRS se cerró.</p>"),
    )


async def test_an_inbox_holds_each_message_once(database: str) -> None:
    first, second = uuid4(), uuid4()
    async with Database(database) as opened:
        inbox = PostgresInbox(opened)
        await inbox.add([_outgoing(first), _outgoing(second, 1), _outgoing(first)])
        await inbox.add([_outgoing(first)])
        rows = await opened.rows("SELECT * FROM inbox_item ORDER BY created_at DESC")

    assert [row["id"] for row in rows] == [second, first]
    assert {name: value for name, value in rows[1].items() if name != "place"} == {
        "id": first,
        "person": "p-1",
        "event": "pqrs.closed",
        "subject": "Cierre",
        "text": "Su PQRS se cerró.",
        "html": "<p>Su PQRS se cerró.</p>",
        "created_at": NOON,
        "read_at": None,
        "recalled_at": None,
    }
