"""Laws of the directory: an old version never wins, and any order of the same events ends the same."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.model import Event, Json
from hub.people.audience import Group
from hub.storage import Database, PostgresDirectoryHistory, PostgresIntake
from hub.storage.directory_history import Holders
from hub.testing import MemoryStore
from hub.testing.directory import Directory
from tests.contract.stores import stores_in
from tests.contract.values import event

Choice = tuple[str, str, int]
BEGIN: Final = datetime(2026, 1, 1, 17, tzinfo=UTC)
PEOPLE: Final = ("p-1", "p-2")
STAFF: Final = "m-2"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GROUPS: Final = (
    Group(person="p-1"),
    Group(unit_id="u-1", roles=("owner",)),
    Group(copropiedad_id="ph-1", roles=("owner",)),
    Group(duty="on_call"),
    Group(duty="on_call", copropiedad_id="ph-1"),
    Group(duty="maintenance", copropiedad_id="ph-1"),
    *(Group(level=level, copropiedad_id="ph-1") for level in (1, 2, 3, 4)),
)
"""Groups whose members depend on units, people, memberships, leaves and rotas."""
TABLES: Final = ("copropiedad", "unit", "person", "membership", "leave", "rota")


def as_event(choice: Choice) -> Event:
    """Make the one event of a noun, an id and a version: its data depend on nothing else."""
    noun, ref, version = choice
    removed = noun in _ENTRIES and (version + int(ref[-1])) % 3 == 0
    fields = {} if removed else (_ENTRIES | _KEPT)[noun](ref, version)
    name = f"directory.{noun}.{'removed' if removed else 'upserted'}"
    data = {f"{noun}_id": ref, "version": version, **fields}
    return event(name, id=f"{noun}{ref}{version}", time=BEGIN + timedelta(days=version * 7 % 5), data=data)


def _unit(ref: str, version: int) -> dict[str, Json]:
    return {"copropiedad_id": f"ph-{version % 2}", "label": ref}


def _person(ref: str, version: int) -> dict[str, Json]:
    return {"names": f"{ref} {version}", "contact_points": []}


def _copropiedad(ref: str, version: int) -> dict[str, Json]:
    return {"name": f"{ref} {version}"}


def _membership(ref: str, version: int) -> dict[str, Json]:
    if ref == STAFF:
        duty = ("on_call", "maintenance")[version % 2]
        scope = ("company", "copropiedad:ph-1")[version // 2 % 2]
        return {"person_id": "p-2", "scope": scope, "role": "staff", "duty": duty, "level": version % 4 + 1}
    since = (BEGIN + timedelta(days=version - 3)).date().isoformat()
    scope = ("unit:u-1", "unit:u-2", "copropiedad:ph-1")[version % 3]
    term = {"since": since} if version % 2 else {}
    return {"person_id": PEOPLE[version % 2], "scope": scope, "role": "owner", **term}


def _leave(ref: str, version: int) -> dict[str, Json]:
    until = f"2026-01-{10 + version}" if version % 3 == 0 else "2999-01-01"
    return {"person_id": ref, "since": "2026-01-01", "until": until, "delegate_id": "p-1"}


def _rota(_: str, version: int) -> dict[str, Json]:
    shift = {"days": DAYS, "from": "00:00", "to": "24:00", "person_id": PEOPLE[version % 2]}
    scope = ("company", "copropiedad:ph-1")[version // 2 % 2]
    return {"scope": scope, "duty": "on_call", "shifts": [shift]}


_ENTRIES: Final = {"person": _person, "membership": _membership, "leave": _leave, "rota": _rota}
_KEPT: Final = {"unit": _unit, "copropiedad": _copropiedad}
"""Nouns that are never removed."""

ENTRIES: Final = (
    ("copropiedad", "ph-1"),
    ("unit", "u-1"),
    ("person", "p-1"),
    ("person", "p-2"),
    ("membership", "m-1"),
    ("membership", STAFF),
    ("leave", "p-2"),
    ("rota", "r-1"),
)
"""A few of each, so that versions of one thing meet often; in a large directory they seldom would."""
CHOICES: Final = st.tuples(*[st.lists(st.integers(1, 5), min_size=1, max_size=3)] * len(ENTRIES)).map(
    lambda drawn: [
        (*entry, version) for entry, versions in zip(ENTRIES, drawn, strict=True) for version in versions
    ]
)
TWO_ORDERS: Final = CHOICES.flatmap(lambda choices: st.tuples(st.just(choices), st.permutations(choices)))


@given(TWO_ORDERS)
def test_any_order_ends_the_same_in_memory(orders: tuple[Sequence[Choice], Sequence[Choice]]) -> None:
    one, other = Directory(), Directory()
    for directory, order in ((one, orders[0]), (other, orders[1])):
        for choice in order:
            directory.apply(as_event(choice))

    assert (one.entries, one.received) == (other.entries, other.received)


@given(CHOICES)
def test_what_counts_is_the_greatest_version_published(choices: Sequence[Choice]) -> None:
    directory = Directory()
    for choice in choices:
        directory.apply(as_event(choice))

    newest: dict[tuple[str, str], int] = {}
    for noun, ref, version in choices:
        newest[noun, ref] = max(version, newest.get((noun, ref), 0))
    assert newest == {key: entry.version for key, entry in directory.entries.items()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=TWO_ORDERS, cut=st.integers(0, 20))
def test_any_order_in_any_batches_ends_the_same_tables_and_the_same_history(
    database: str, orders: tuple[Sequence[Choice], Sequence[Choice]], cut: int
) -> None:
    one, other = ([as_event(choice) for choice in order] for order in orders)
    answers = asyncio.run(_ends(database, [[one], [other[:cut], other[cut:]], [[event] for event in other]]))

    assert [answers[0]] * 3 == answers


async def _ends(database: str, ways: Iterable[list[list[Event]]]) -> list[Any]:
    """Return, for each way to publish them, all rows of all tables, and the owners on each day."""
    async with Database(database) as opened:
        ends = []
        for batches in ways:
            await opened.rows(f"TRUNCATE {', '.join(TABLES)}, directory_version")
            for batch in batches:
                await stores_in(opened).apply_directory(*batch)
            tables = [
                [dict(row) for row in await opened.rows(f"SELECT * FROM {table} ORDER BY id")]
                for table in TABLES
            ]
            history = await opened.rows(
                "SELECT kind, id, version, time, since, until, removed, data"
                " FROM directory_version ORDER BY kind, id, version"
            )
            rows = [dict(row) for row in history]
            ends.append(
                (
                    tables,
                    rows,
                    await _owners(PostgresDirectoryHistory(opened)),
                    await _found(PostgresIntake(opened)),
                )
            )
        return ends


async def _found(intake: PostgresIntake | MemoryStore) -> list[list[tuple[str, str]]]:
    """Answer who each group is now."""
    async with intake.transaction() as transaction:
        people = await transaction.people(GROUPS)
    return [[(person.ref, person.name) for person in people[group]] for group in GROUPS]


async def _owners(roster: PostgresDirectoryHistory) -> dict[str, list[tuple[str, str]]]:
    owners = {}
    for day in range(-4, 8):
        on = BEGIN + timedelta(days=day)
        asked = Holders(role="owner", unit=None, copropiedad="ph-1", on=on)
        for query in (asked, replace(asked, unit="u-1", copropiedad=None)):
            page = await roster.holders(query, after=None, limit=50)
            owners[f"{query.unit} {on.date()}"] = [(row["id"], row["person"]) for row in page.items]
    return owners


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=CHOICES)
def test_memory_and_postgresql_agree_on_who_is_who(database: str, choices: Sequence[Choice]) -> None:
    events = [as_event(choice) for choice in choices]
    store = MemoryStore(lambda: datetime.now(UTC))
    for change in events:
        store.tables.directory.apply(change)

    ((*_, found),) = asyncio.run(_ends(database, [[events]]))
    assert found == asyncio.run(_found(store))
