"""Ladders of many petitions that fall due together: the events of their clocks, and their state."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final

from hub.model import ClockState
from hub.storage import Database
from hub.storage.appointments import RedisAppointments
from hub.storage.timers import PostgresTimers
from tests.acceptance import directory
from tests.acceptance.harness import event
from tests.chaos.expected_recipients import name
from tests.chaos.scenario import Scenario

LADDER: Final = """
[clocks.first_reply]
target = "4s"
any_hour = true
ladder = ["4s", "2s", "2s", "2s"]
"""
STEPS: Final = ("breach:1", "escalate:2", "escalate:3", "escalate:4", "remind:4", "resolve:1")
"""The steps that notify somebody, in order, as the suffixes of event ids."""
OTHERS: Final = ("intake", "delivery", "web")
"""The roles beside the timers."""
BOARDS: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)


def at_once(cases: int) -> list[dict[str, Any]]:
    """Make petitions of one instant, so that all their steps fall due together."""
    at = datetime.now(UTC).isoformat()
    return [event("pqrs.received", directory.pqrs(number), time=at) for number in range(cases)]


def steps(trial: Scenario) -> dict[str, Counter[str]]:
    """Return step → event id → how often it was published."""
    found: dict[str, Counter[str]] = {}
    for sent in _own(trial):
        found.setdefault(sent.partition(":")[2], Counter())[sent] += 1
    return found


def again(sent: Counter[str]) -> int:
    """Count the events that were published more than once."""
    return sum(times > 1 for times in sent.values())


def mails(trial: Scenario) -> dict[int, int]:
    """Return level → number of mails, as the receivers see them."""
    received = Counter(mail.recipient for mail in trial.house.smtp.mails)
    return {level: received[f"nivel{level}@example.co"] for level in (1, 2, 3, 4)}


def in_order(trial: Scenario) -> list[tuple[str, ...]]:
    """Return the steps of each clock, in order of first publication; a warning notifies nobody."""
    found: dict[str, dict[str, None]] = {}
    for sent in _own(trial):
        clock, _, step = sent.partition(":")
        if step in STEPS:
            found.setdefault(clock, {})[step] = None
    return [tuple(sent) for sent in found.values()]


def _own(trial: Scenario) -> list[str]:
    """Return the ids of the clocks' events, in order of publication."""
    lines = [json.loads(line) for line in trial.published.read_text().splitlines()]
    return [one["id"] for one in lines if name(one).startswith("sla.") or name(one) == "pqrs.escalated"]


async def agree(trial: Scenario) -> bool:
    """Return whether the boards in Redis show the clocks that SQL has, and nothing is overdue there."""
    redis = RedisAppointments(trial.house.redis_url)
    async with Database(trial.house.database_url) as database:
        live = await PostgresTimers(database).live_clocks(None, 5000)
    meant = {board: {clock.id for clock in live if clock.state == board} for board in BOARDS}
    shown = {board: {found for found, _ in await redis.board(board, 5000)} for board in BOARDS}
    await redis.aclose()
    return meant == shown
