"""`hub rehearse` against a real database that refuses every write, without RabbitMQ and Redis."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from hub.catalog import BY_NAME
from hub.errors import StorageUnavailable
from hub.model import HUB_SOURCE, Message, Purpose, State, StoredEvent
from hub.operations.simulate.comparison import Comparison
from hub.operations.simulate.simulate import add_cases, add_contacts
from hub.policy import load_policy
from hub.storage import Database, PostgresDelivery, PostgresHistory
from tests.command_line import hub, printed
from tests.contract.stores import stores_in
from tests.contract.values import message
from tests.servers import execute
from tests.unit.factories import HOUR, MONDAY, POLICY, event, local, stored
from tests.unit.test_simulate import WEEK, received, replied

STRICT: Final = '[clocks.first_reply]\ntarget = "8h"\nladder = ["8h", "8h", "8h", "8h"]\n'
MARCH: Final = ("--since", "2026-03-01", "--until", "2026-04-01")
READ_ONLY: Final = """
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database());
END $$
"""


@pytest.fixture
def policy(tmp_path: Path) -> str:
    file = tmp_path / "nueva.toml"
    file.write_text(STRICT, encoding="utf-8")
    return str(file)


def of_case(name: str, number: int, at: datetime) -> StoredEvent:
    return stored(event(name, {"pqrs_id": f"PQ-{number}"}, at=at, id=f"{name} {number}"))


def case(number: int, began: datetime, answered: timedelta) -> list[StoredEvent]:
    return [of_case("pqrs.received", number, began), of_case("pqrs.replied", number, began + answered)]


async def keep(database: Database, *events: StoredEvent) -> None:
    await stores_in(database).add_events(*events)


@pytest.fixture
async def kept(environ: dict[str, str]) -> dict[str, str]:
    """
    A petition that was answered in two hours, one on Tuesday at noon, and a message of each.

    From now on nothing can be written there, and there is nothing to send by.
    """
    nowhere = {"HUB_AMQP_URL": "amqp://hub@127.0.0.1:1/", "HUB_REDIS_URL": "redis://127.0.0.1:1/0"}
    url = environ["HUB_DATABASE_URL"]
    cases = [*case(1, MONDAY, 2 * HOUR), *case(2, MONDAY, 28 * HOUR)]
    async with Database(url) as database:
        await keep(database, *cases)
        sent = [
            message(of, state=State.SENT, purpose=Purpose.SERVICE, created_at=local("2026-03-10 23:00"))
            for of in cases
        ]
        await PostgresDelivery(database).add_messages(sent)
    await execute(url, READ_ONLY)
    return {**environ, **nowhere}


async def test_a_stricter_promise_is_rehearsed_where_nothing_can_be_written_or_sent(
    kept: dict[str, str], policy: str
) -> None:
    code, answer, complaint = await hub(kept, "rehearse", "--policy", policy, *MARCH)
    screen, _ = await printed(kept, "rehearse", "--policy", policy, *MARCH)

    assert (0, "") == (code, complaint)
    assert (2, 4, 4, 2, 1, False) == tuple(
        answer[name] for name in ("cases", "clocks", "messages", "moved", "changed_cases", "same")
    )
    before, after = (answer[side]["promises"][0] for side in ("before", "after"))
    assert ("first_reply", 2, 0, 1.0, {}) == tuple(
        before[name] for name in ("name", "met", "breached", "share_met", "escalated")
    )
    assert ("first_reply", 1, 1, 0.5, {"2": 1}) == tuple(
        after[name] for name in ("name", "met", "breached", "share_met", "escalated")
    )
    assert {"service": 4} == answer["before"]["night"] == answer["after"]["night"]
    assert [("pqrs_id:PQ-2", "met", "breached", "2026-03-09T21:05:00Z")] == [
        (change["case"], change["before"], change["after"], change["due_after"])
        for change in answer["changes"]
    ]
    assert "Casos que habrían terminado de otra manera: 1." in screen
    assert "−50,0 puntos" in screen
    assert "PQ-2  Primera respuesta  cumplida  incumplida  11/03 14:05  09/03 16:05" in screen


async def test_the_same_policy_gives_no_difference(kept: dict[str, str], tmp_path: Path) -> None:
    same = tmp_path / "same.toml"
    same.write_text("", encoding="utf-8")
    code, answer, _ = await hub(kept, "rehearse", "--policy", str(same), *MARCH)
    screen, _ = await printed(kept, "rehearse", "--policy", str(same), *MARCH)

    assert (0, True, []) == (code, answer["same"], answer["changes"])
    assert answer["before"] == answer["after"]
    assert "Con esta política nada habría sido distinto." in screen


async def test_what_cannot_be_rehearsed_is_explained_in_a_sentence(
    kept: dict[str, str], policy: str, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[clocks.first_replay]\ntarget = "8h"\n', encoding="utf-8")
    missing, _, no_file = await hub(kept, "rehearse", "--policy", str(tmp_path / "none.toml"))
    refused, _, no_key = await hub(kept, "rehearse", "--policy", str(wrong))
    backwards, _, no_time = await hub(kept, "rehearse", "--policy", policy, "--since", "2031-01-01")

    assert (1, 1, 2) == (missing, refused, backwards)
    assert f"the policy file {tmp_path}/none.toml cannot be read" in no_file
    assert "clocks.first_replay is not known; did you mean first_reply?" in no_key
    assert "de 2031-01-01 00:00:00" in no_time


async def test_a_reading_refuses_to_write(opened: Database) -> None:
    with pytest.raises(StorageUnavailable, match="ReadOnlySQLTransactionError"):
        async with opened.snapshot() as run:
            await run.rows("INSERT INTO case_state (case_key) VALUES ('pqrs_id:1')")

    assert [] == await opened.rows("SELECT * FROM case_state")


async def test_a_reading_sees_one_state_during_writes(database: str) -> None:
    types = {BY_NAME["pqrs.received"].type}
    async with Database(database) as opened:
        await keep(opened, *case(1, MONDAY, HOUR))
        async with PostgresHistory(opened).reading() as history:
            first = [page async for page in history.cases(MONDAY - HOUR, types)]
            await keep(opened, *case(2, MONDAY, HOUR))
            again = [page async for page in history.cases(MONDAY - HOUR, types)]

    assert first == again
    assert ["pqrs_id:PQ-1"] == [case for page in again for case in page.events]


async def test_a_stored_history_is_read_and_its_progress_is_reported(opened: Database) -> None:
    progress = list[tuple[int, int]]()
    own = event("pqrs.escalated", at=MONDAY + HOUR, source=HUB_SOURCE)
    kept = [stored(one) for one in (received(), replied(local("2026-03-12 12:00")), own)]
    await keep(opened, *kept)
    # Each side computes the events of clocks again: stored ones do not count.
    await PostgresDelivery(opened).add_messages([_sent(of, local("2026-03-09 23:00")) for of in kept])
    comparison = Comparison(POLICY, load_policy(), period=WEEK, catalog=BY_NAME, listed=20)
    async with PostgresHistory(opened).reading() as history:
        await add_cases(comparison, history, BY_NAME, lambda done, whole: progress.append((done, whole)))
        cases, progress = progress, []
        await add_contacts(comparison, history, lambda done, whole: progress.append((done, whole)))

    assert (1, 2, 2) == (comparison.cases, comparison.clocks, comparison.messages)
    assert ({Purpose.SERVICE: 2}, 1) == (comparison.before.night, comparison.before.total.broken)
    assert ([(3, 7), (7, 7)], [(0, 7), (7, 7)]) == (cases, progress)


def _sent(of: StoredEvent, at: datetime) -> Message:
    return message(of, state=State.SENT, purpose=Purpose.SERVICE, created_at=at)
