"""`hub months` and `hub check`, against a real database that is divided into months."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.cli.check.servers import of_months
from hub.model import State
from hub.model.months import EPOCH, StoredMonth, month_of, months_after
from hub.operations.months import MonthReport
from hub.storage import Database, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.values import event, message, stored
from tests.integration.divided import divide

THIS = month_of(datetime.now(UTC))


@pytest.fixture
def keeping_two(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    policy = tmp_path / "policy.toml"
    policy.write_text("[retention]\nmonths = 2\n")
    return {**environ, "HUB_POLICY": str(policy)}


async def test_months_are_listed_with_what_the_retention_does(keeping_two: dict[str, str]) -> None:
    old = stored(event(id="old", time=months_after(THIS, -3) + timedelta(days=3)), planned=True)
    async with Database(keeping_two["HUB_DATABASE_URL"]) as database:
        months = await divide(database, months_after(THIS, -4), 5)
        async with PostgresIntake(database).transaction() as transaction:
            await transaction.add_events([old])
            await transaction.add_messages([message(old, state=State.HELD)])
        _, listed, _ = await hub(keeping_two, "months")
        screen, _ = await printed(keeping_two, "months")
        _, check, _ = await hub(keeping_two, "check")
        rows = listed["items"]
        await months.drop((await months.months())[0])
        asked = await hub(keeping_two, "explain", "gone", "p-1")

    assert [row["held_by"] for row in rows] == [{}, {"messages": 1}, {}, {}, {}, {}]
    assert [bool(row["drops_at"]) for row in rows] == [True] * 5 + [False]
    assert "se queda: 1 mensajes sin terminar" in " ".join(screen.split())
    assert any("hub months" in finding["to_do"] for finding in check["items"])
    assert asked[0] != 0
    assert "Traceback" not in asked[2]


async def test_without_a_retention_every_month_is_kept(environ: dict[str, str]) -> None:
    _, listed, _ = await hub(environ, "months")

    assert len(listed["items"]) > 1
    assert {(row["drops_at"], len(row["held_by"])) for row in listed["items"]} == {(None, 0)}


def test_a_month_that_was_not_made_is_a_warning() -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    first = StoredMonth(name="until_2026_12", since=EPOCH, until=now)
    report = MonthReport(month=first, drops_at=None, held_by={})

    [finding] = of_months([report], now)
    assert "timers" in finding.to_do
    assert list(of_months([report], now - timedelta(seconds=1))) == []
