"""Database of the benchmark: filled with copies of the hub's own rows, spread over a year."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from benchmarks.stored import fill
from hub.model.ids import uuid8

NOW = datetime.now(UTC)


@pytest.fixture
async def sent(database: str) -> str:
    """A database in which the hub has sent a message for each of three homes."""
    connection = await asyncpg.connect(database)
    for home in ("banco-2", "banco-10", "banco-1"):
        await _send(connection, home)
    await connection.close()
    return database


async def _send(connection: asyncpg.Connection, home: str) -> None:
    event, message = uuid8(NOW, "event", home), uuid8(NOW, "message", home)
    await connection.execute(
        "INSERT INTO event (key, time, planned_at, waiting, source, id, type, case_key, unit_id)"
        " VALUES ($1, $2, $2, false, 'urn:test', $3, 'payment', $4, $5)",
        *(event, NOW, uuid4().hex, f"unit_id:{home}", home),
    )
    await connection.execute(
        "INSERT INTO message (id, event_key, created_at, audience, step, state, channel, lane, purpose,"
        " event, event_id, occasion, person, contact_id, address, name, locale)"
        " VALUES ($1, $2, $3, 0, 0, 'sent', 'email', 'normal', 'transactional', 'admin.payment.received',"
        " $4, 'initial', $5, 'email', 'x@example.com', 'Ana', 'es')",
        *(message, event, NOW, home, home),
    )
    await connection.execute(
        "INSERT INTO attempt (message_id, at, took, outcome, provider, code)"
        " VALUES ($1, $2, '1s', 'sent', 'smtp', '250')",
        *(message, NOW),
    )


async def test_stored_rows_belong_together_and_are_shared_out_among_the_homes(sent: str) -> None:
    await fill(sent, 100, homes=2, say=print)
    connection = await asyncpg.connect(sent)
    rows = await connection.fetch(
        "SELECT event.unit_id, count(*) AS number"
        " FROM event JOIN message ON message.event_key = event.key"
        " JOIN attempt ON attempt.message_id = message.id"
        " WHERE event.id LIKE 'stored-%' GROUP BY event.unit_id ORDER BY event.unit_id"
    )
    await connection.close()

    assert [("banco-1", 50), ("banco-2", 50)] == [(row["unit_id"], row["number"]) for row in rows]


async def test_ids_of_stored_rows_are_those_of_their_instants_over_twelve_months(sent: str) -> None:
    await fill(sent, 100, homes=3, say=print)
    connection = await asyncpg.connect(sent)
    rows = await connection.fetch(
        "SELECT key AS id, time AS at FROM event WHERE id LIKE 'stored-%'"
        " UNION ALL SELECT id, created_at FROM message WHERE event_id LIKE 'stored-%'"
    )
    await connection.close()

    assert 200 == len(rows)
    assert {(8, "specified in RFC 4122")} == {(row["id"].version, row["id"].variant) for row in rows}
    assert all(abs(_instant(row["id"]) - row["at"]) < timedelta(milliseconds=1) for row in rows)
    assert len({row["at"].month for row in rows}) == 12


def _instant(key: UUID) -> datetime:
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)
