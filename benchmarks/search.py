"""
The mode `search`: whether the search and the lists stay fast with a year of messages stored.

Each question is asked many times with other values, through the stores, as the API and `hub search` ask it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias, cast

from benchmarks.mode import Option, Outcome, Task
from benchmarks.search_town import NAMES, buildings, fill
from hub.desk.cases.queries import cases
from hub.desk.search.acts import Search
from hub.desk.search.rows import SearchQuery
from hub.desk.today.reading import activity_of
from hub.doors.operator import Operator
from hub.local.postgres import Postgres
from hub.model import ClockState, Role, Scope, State
from hub.model.bulk import BulkFilter
from hub.model.message_lists import MessageList
from hub.model.pages import PageQuery
from hub.operations.causes import read_causes
from hub.parts.company import CompanyRules
from hub.parts.stores import Stores
from hub.ports import MessageFilter
from hub.ports.cases import CaseFilter
from hub.settings import load
from hub.storage import (
    Database,
    PostgresActivity,
    PostgresDirectoryHistory,
    PostgresLog,
    migrations,
)
from hub.storage.directory_history import Holders
from hub.storage.filters import narrowed

OPTIONS: Final = (
    Option(name="messages", full=5_000_000, quick=100_000, what="stored before"),
    Option(name="people", full=200_000, quick=5_000, what="of the directory"),
    Option(name="asks", full=200, quick=40, what="of each question"),
)
LIMIT: Final = 50
DEEP: Final = 20
"""Pages down, where a reader of a list has long given up."""
EXCHANGED: Final = 0.5
"""Of the typing errors, so many exchange two letters."""
SLOWEST: Final = 0.1  # seconds, p99

Ask: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Seconds of a question, sorted."""

    question: str
    seconds: Sequence[float]

    def at(self, share: float) -> float:
        """Return how long that share of the asks took at most."""
        return self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


async def measure(task: Task) -> Outcome:
    postgres = Postgres(task.folder / "postgres")
    await postgres.start()
    try:
        await migrations.upgrade(postgres.url)
        began = time.monotonic()
        await fill(postgres.url, task.sizes["messages"], task.sizes["people"], task.progress.say)
        filled = time.monotonic() - began
        async with Database(postgres.url, size=2) as database:
            timed = await _ask_all(task, Questions(database, task.sizes))
    finally:
        await postgres.stop()
    return _outcome(timed, filled)


async def _ask_all(task: Task, questions: Questions) -> Sequence[Timed]:
    every = questions.all()
    task.progress.expect(len(every))
    timed = []
    for question, ask in every.items():
        timed.append(await _timed(question, ask, task.sizes["asks"]))
        task.progress.step(f"{question:<46}{1000 * timed[-1].at(0.99):8.1f} ms p99")
    return timed


async def _timed(question: str, ask: Ask, asks: int) -> Timed:
    # The first ones load what a hub that runs has in memory.
    for _ in range(max(5, asks // 10)):
        await ask()
    seconds = []
    for _ in range(asks):
        began = time.perf_counter()
        await ask()
        seconds.append(time.perf_counter() - began)
    return Timed(question=question, seconds=sorted(seconds))


def _outcome(timed: Sequence[Timed], filled: float) -> Outcome:
    slowest = max(timed, key=lambda one: one.at(0.99))
    lines = [f"{'':<46}{'p50':>9}{'p95':>9}{'p99':>9}   (milliseconds)", *map(_line, timed)]
    slow = [one.question for one in timed if one.at(0.99) > SLOWEST]
    verdict = f"Above {1000 * SLOWEST:.0f} ms: {', '.join(slow) or 'none'}. Filled in {filled:.0f} s."
    return Outcome(
        table="\n".join([*lines, verdict]),
        measured={"search_p99": 1000 * slowest.at(0.99)},
        figures={one.question: [1000 * one.at(share) for share in (0.5, 0.95, 0.99)] for one in timed},
    )


def _line(timed: Timed) -> str:
    times = "".join(f"{1000 * timed.at(share):9.1f}" for share in (0.5, 0.95, 0.99))
    return f"{timed.question:<46}{times}"


class Questions:
    """What is asked; each time with values that chance takes, the same in every run."""

    def __init__(self, database: Database, sizes: Mapping[str, int]) -> None:
        self._database = database
        self._log, self._people = PostgresLog(database), PostgresDirectoryHistory(database)
        self._activity = PostgresActivity(database)
        self._sizes = sizes
        self._chance = random.Random(1)  # noqa: S311 - no secret

    def all(self) -> Mapping[str, Ask]:
        return {
            **self._searches(),
            **self._message_lists(),
            **self._other_lists(),
            **self._parts_of_pages(),
        }

    def _searches(self) -> Mapping[str, Ask]:
        number, some = self._number, self._some
        whole = {
            "search: name": lambda: f"{some('given')} {some('surnames')}",
            "search: surname": lambda: some("surnames"),
            "search: three words": lambda: f"{some('surnames')} {some('surnames')} {some('given')}",
            "search: beginning of a name": lambda: some("surnames")[:3],
            "search: name with a typing error": lambda: f"{some('given')} {self._mistyped()}",
            "search: surname with a typing error": self._mistyped,
            "search: name that nobody has": lambda: f"Zutano {some('surnames')}",
            "search: telephone": lambda: f"+57 3{number(1_000_000_000):09d}",
            "search: last four digits": lambda: f"{number(10_000):04d}",
            "search: address": lambda: f"{some('given').lower()}.{number(1000)}@correo",
            "search: beginning of an address": lambda: f"{some('given').lower()}@",
            "search: reference": lambda: f"p-{number(self._sizes['people'])}",
            "search: unit": lambda: f"T{1 + number(8)}-{100 * (1 + number(12)) + 1 + number(4)}",
            "search: number of a unit": lambda: f"{100 * (1 + number(12)) + 1}",
            "search: name and unit": lambda: f"{some('surnames')} {100 * (1 + number(12)) + 1 + number(4)}",
            "search: name with a typing error and unit": lambda: (
                f"{self._mistyped()} {100 * (1 + number(12)) + 1 + number(4)}"
            ),
            "search: name, unit and building": lambda: (
                f"{some('surnames')} {100 * (1 + number(12)) + 1} {some('places').split()[-1]}"
            ),
            "search: name and subject": lambda: f"{some('surnames')} {some('titles').split()[0]}",
            "search: unit and subject": lambda: f"{100 * (1 + number(12)) + 1} {some('titles').split()[0]}",
            "search: unit and subject of a case": lambda: (
                f"{100 * (1 + number(12)) + 1} {some('subjects').split()[0]}"
            ),
            "search: building": lambda: some("places"),
            "search: street": lambda: f"Calle {1 + number(180)} # {1 + number(97)}",
            "search: radicado": lambda: f"PQ-2026-{number(self._sizes['messages'] // 20):06d}",
            "search: event": lambda: f"admin.payment.received-{number(self._sizes['messages'] // 2)}",
            "search: id that nothing has": lambda: f"{number(1 << 60):016x}-0000-8000-8000-000000000000"[
                -36:
            ],
            "search: word of a subject": lambda: some("titles").split()[0],
            "search: words of a subject": lambda: f"{some('subjects')} {number(500)}",
            "search: words that no subject has": lambda: f"{some('subjects')} xilófono",
            "search: kind of event": lambda: "pago recibido",
        }
        there = frozenset({"ph-1", "ph-7"})
        return {
            **{question: self._search(typed) for question, typed in whole.items()},
            "search: name, of two buildings": self._search(whole["search: name"], there),
            "search: typing error, of two buildings": self._search(
                whole["search: surname with a typing error"], there
            ),
            "search: word of a subject, of two buildings": self._search(
                whole["search: word of a subject"], there
            ),
        }

    def _search(self, typed: Callable[[], str], places: frozenset[str] | None = None) -> Ask:
        stores = Stores(
            company=CompanyRules(load({})),
            database=self._database,
            publisher=cast("Any", None),
            appointments=cast("Any", None),
        )
        by = Operator(who="cli:search", reach=dict.fromkeys(Scope, places), needs={Scope.READ}, stores=stores)

        def ask() -> Awaitable[object]:
            return Search(by, SearchQuery(q=typed(), whole=True)).answer()

        return ask

    def _message_lists(self) -> Mapping[str, Ask]:
        number = self._number

        def ago(days: int) -> datetime:
            return datetime.now(UTC) - timedelta(days=days)

        chosen: Mapping[str, Callable[[], MessageFilter]] = {
            "messages: newest": MessageFilter,
            "messages: failed": lambda: MessageFilter(state=State.FAILED),
            "messages: of a state that few have": lambda: MessageFilter(state=State.HELD),
            "messages: by e-mail": lambda: MessageFilter(channel="email"),
            "messages: by a channel that few have": lambda: MessageFilter(channel="voice"),
            "messages: by a channel that none has": lambda: MessageFilter(channel="chat"),
            "messages: failed by WhatsApp": lambda: MessageFilter(state=State.FAILED, channel="whatsapp"),
            "messages: of payments": lambda: MessageFilter(event="admin.payment.received"),
            "messages: of an event that few have": lambda: MessageFilter(event="admin.assembly.cancelled"),
            "messages: of an event that none has": lambda: MessageFilter(event="emergency.declared"),
            "messages: failed petitions": lambda: MessageFilter(state=State.FAILED, event="pqrs.received"),
            "messages: of one event": lambda: MessageFilter(
                event_id=f"admin.circular.issued-{1 + number(self._sizes['messages'] // 2000)}"
            ),
            "messages: of a person": lambda: MessageFilter(person=f"p-{number(self._sizes['people'])}"),
            "messages: of a day": lambda: _of_a_day(ago(number(350))),
            "messages: failed on a day": lambda: _of_a_day(ago(number(350)), state=State.FAILED),
            "messages: of a building": lambda: MessageFilter(places=self._place()),
            "messages: failed of a building": lambda: MessageFilter(places=self._place(), state=State.FAILED),
            "messages: of an event, of a building": lambda: MessageFilter(
                places=self._place(), event="admin.assembly.cancelled"
            ),
        }
        deep = {
            "messages: newest, deep": MessageFilter,
            "messages: failed, deep": lambda: MessageFilter(state=State.FAILED),
        }
        return {
            **{question: self._messages(make) for question, make in chosen.items()},
            **{question: self._deep_messages(make) for question, make in deep.items()},
        }

    def _messages(self, make: Callable[[], MessageFilter]) -> Ask:
        return lambda: self._log.messages(make(), after=None, limit=LIMIT)

    def _deep_messages(self, make: Callable[[], MessageFilter]) -> Ask:
        """Ask for one page, of those that follow each other; from the newest again after some of them."""
        state: dict[str, str | None] = {"after": None}
        turn = iter(range(1, 1_000_000))

        async def ask() -> None:
            found = await self._log.messages(make(), after=state["after"], limit=LIMIT)
            state["after"] = None if next(turn) % DEEP == 0 else found.next

        return ask

    def _other_lists(self) -> Mapping[str, Ask]:
        role, people = self._log.recent_clocks, self._people.holders
        now = datetime.now(UTC)
        return {
            "people: owners of a building": lambda: people(
                Holders(role=Role.OWNER, unit=None, copropiedad=min(self._place()), on=now),
                after=None,
                limit=LIMIT,
            ),
            "people: residents of a unit": lambda: people(
                Holders(
                    role=Role.RESIDENT,
                    unit=f"u-{self._number(self._sizes['people'] // 3)}",
                    copropiedad=None,
                    on=now,
                ),
                after=None,
                limit=LIMIT,
            ),
            "people: one": lambda: self._people.somebody(f"p-{self._number(self._sizes['people'])}"),
            "clocks: newest": lambda: role(state=None, after=None, limit=LIMIT),
            "clocks: open": lambda: role(state=ClockState.OPEN, after=None, limit=LIMIT),
            "clocks: of a building": lambda: role(state=None, after=None, limit=LIMIT, places=self._place()),
        }

    def _parts_of_pages(self) -> Mapping[str, Ask]:
        """Return what stands above the lists of the console: counts by state and by hour, and causes."""

        def failures(places: frozenset[str] | None = None) -> MessageFilter:
            return narrowed(BulkFilter(only=MessageList.LOST), places)

        def last_day(places: frozenset[str] | None = None) -> Awaitable[object]:
            return activity_of(self._activity, datetime.now(UTC), places)

        return {
            "page: counts by state": self._log.counts,
            "page: counts by state, of a building": lambda: self._log.counts(self._place()),
            "page: causes of failures": lambda: read_causes(self._log, failures()),
            "page: causes of failures of a building": lambda: read_causes(self._log, failures(self._place())),
            "page: last day by hour": last_day,
            "page: last day by hour, of a building": lambda: last_day(self._place()),
            "page: cases": lambda: cases(self._database, CaseFilter(), PageQuery(limit=LIMIT)),
            "page: cases of a building": lambda: cases(
                self._database, CaseFilter(places=self._place()), PageQuery(limit=LIMIT)
            ),
        }

    def _number(self, below: int) -> int:
        return self._chance.randrange(max(1, below))

    def _some(self, of: str) -> str:
        return self._chance.choice(NAMES[of])

    def _mistyped(self) -> str:
        """Return a surname of which a letter is wrong, or two have changed places."""
        word, chance = self._some("surnames"), self._chance
        place = chance.randrange(1, len(word) - 1)
        if chance.random() < EXCHANGED:
            return f"{word[:place]}{word[place + 1]}{word[place]}{word[place + 2 :]}"
        return f"{word[:place]}{chance.choice('aeiosz')}{word[place + 1 :]}"

    def _place(self) -> frozenset[str]:
        return frozenset({f"ph-{self._number(buildings(self._sizes['people']))}"})


def _of_a_day(at: datetime, state: State | None = None) -> MessageFilter:
    return MessageFilter(since=at, until=at + timedelta(days=1), state=state)
