"""Matters in PostgreSQL: a page of a view, one of them, and how many each view has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from asyncpg import Record

from hub.business_time.dates import as_day, day_start, next_day_start
from hub.desk.matters.rows import (
    FIELDS,
    MOST,
    FoundMatter,
    LastWord,
    MatterCounts,
    MatterKind,
    MattersQuery,
    MatterView,
    Term,
)
from hub.model import PropertyScope, within
from hub.model.casework import CaseKind
from hub.model.catalogue import THREAD
from hub.model.pages import Rows
from hub.ports.cases import CaseFilter
from hub.storage.casework import ANSWERS, ASLEEP, ESCALATED, LATEST, SLEEPS, newest_of
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed
from hub.storage.paging import cursor, rows_page

_SQL: Final = beside(__file__)
_OF: Final = "SELECT FROM clock AS of WHERE of.id = clock.id"
_SOONEST: Final = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


class _Asked(dict[str, str]):
    """
    A statement being made: its parameters, and the words that its parts have in common.

    A word is made when a part first has it: PostgreSQL refuses a parameter that no part has.
    """

    def __init__(self, places: PropertyScope, *values: object) -> None:
        super().__init__()
        self._places, self.given = places, list(values)

    def add(self, value: object) -> str:
        """Take a parameter; return how the statement names it."""
        self.given.append(storable(value) if isinstance(value, str) else value)
        return f"${len(self.given)}"

    def __missing__(self, word: str) -> str:
        self[word] = _WORDS[word](self)
        return self[word]

    def there(self, of: str) -> str:
        return "true" if self._places is None else f"{of}.copropiedad_id = ANY ({self['places']}::text[])"

    @property
    def listed_places(self) -> str:
        return self.add(listed(self._places))

    def part(self, name: str, **more: str) -> str:
        """Return a part with its words; `more` are of this part alone."""
        self.update(more)
        return _SQL[name].format_map(self)


_WORDS: Final[Mapping[str, Callable[[_Asked], str]]] = {
    "asleep": lambda _: ASLEEP.format(of="clock"),
    "asleep_sooner": lambda _: ASLEEP.format(of="sooner"),
    "due": lambda asked: asked.part("due"),
    "later": lambda asked: asked.part("later"),
    "running": lambda _: _SQL["running"].format(clock="clock"),
    "running_sooner": lambda _: _SQL["running"].format(clock="sooner"),
    "places": lambda asked: asked.listed_places,
    "sleeps": lambda _: SLEEPS,
    "takers": lambda _: _SQL["takers"],
    "taken": lambda asked: asked["takers"],
    "there": lambda asked: asked.there("clock"),
    "there_event": lambda asked: asked.there("event"),
    "thread": lambda _: _SQL["thread"].format(of="clock"),
    "answers": lambda asked: asked.add(ANSWERS),
    "escalated": lambda asked: asked.add(ESCALATED),
}


async def matters(
    db: Database, query: MattersQuery, *, who: str, places: PropertyScope, now: datetime
) -> Rows[FoundMatter]:
    """List the matters of a view: the open ones by what is due first, all by what happened last."""
    there = within(places, query.copropiedad)
    asked = await _rows(db, *(_open if query.is_open else _newest)(query, who, there, now))
    return rows_page(asked, query.limit, "sort_at", partial(read, FoundMatter))


async def matter(db: Database, case: str, *, places: PropertyScope) -> FoundMatter | None:
    """Return the open matter of a case."""
    asked = _Asked(places, storable(case))
    rows = await _rows(db, asked, asked.part("one"), "chosen.id")
    return read(FoundMatter, rows[0]) if rows else None


async def terms(db: Database, case: str, *, places: PropertyScope) -> Sequence[Term]:
    """Return the promises that run in a case, the first one due first."""
    asked = _Asked(places, storable(case))
    return [read(Term, row) for row in await db.rows(asked.part("terms"), *asked.given)]


async def said(db: Database, case: str, *, places: PropertyScope) -> Sequence[LastWord]:
    """Return the last words of both sides in a case, the oldest first."""
    asked = _Asked(places, storable(case.removeprefix(f"{THREAD}:")), storable(case), ANSWERS)
    return [read(LastWord, row) for row in reversed(await db.rows(asked.part("said"), *asked.given))]


async def counts(db: Database, *, who: str, places: PropertyScope, now: datetime) -> MatterCounts:
    """Count the open matters of each view and kind, each up to one more than MOST."""
    asked = _Asked(places, MOST + 1)
    # What is made once for all cases spares a look for each of them.
    asked |= {"asleep": "clock.case_key IN (SELECT case_key FROM sleeping)", "taken": "clock.takers"}
    parts = {name: made(asked) for name, made in {**_views(who, now), **_KINDS}.items()}
    alone = {name: parts.pop(name) for name in ("unowned", "replies")}
    sums = [f"least(count(*) FILTER (WHERE {part}), $1)::int AS {name}" for name, part in parts.items()]
    [row] = await db.rows(asked.part("counts", sums=",\n".join(sums), **alone), *asked.given)
    return read(MatterCounts, row)


async def _rows(db: Database, asked: _Asked, chosen: str, order: str) -> Sequence[Record]:
    thread = _SQL["thread"].format(of="chosen")
    statement = asked.part("matters", chosen=chosen, order=order, thread=thread)
    return await db.rows(statement, *asked.given)


def _open(query: MattersQuery, who: str, places: PropertyScope, now: datetime) -> tuple[_Asked, str, str]:
    asked = _Asked(places, *cursor(query.after, _SOONEST), query.limit + 1)
    narrowed = " AND ".join(f"({one})" for one in _conditions(asked, query, who, now)) or "true"
    return asked, asked.part("open", narrowed=narrowed), "chosen.sort_at, chosen.id"


def _newest(query: MattersQuery, who: str, places: PropertyScope, _: datetime) -> tuple[_Asked, str, str]:
    _, before = cursor(query.after, LATEST)
    since, until = query.since, query.until
    narrowed = CaseFilter(
        is_open=None if query.state is None else query.state == "open",
        assignee=who if query.view is MatterView.MINE else query.owner,
        since=None if since is None else day_start(since),
        until=None if until is None else next_day_start(until),
    )
    asked = _Asked(places, before, query.limit + 1, listed(places), ESCALATED)
    fields = [f"{name}:" for name in _fields(query.kind)]
    more = (
        [f"split_part(event.case_key, ':', 1) || ':' = ANY ({asked.add(fields)}::text[])"] if fields else []
    )
    if promised := list(_columns(asked, query)):
        more.append(
            "EXISTS (SELECT FROM clock WHERE clock.case_key = event.case_key"
            f" AND {' AND '.join(promised)} OFFSET 0)"
        )
    newest = newest_of(narrowed, asked.given, more)
    return asked, asked.part("newest", newest=newest), "chosen.id DESC"


def _fields(kind: str | None) -> Sequence[str]:
    """Return how the keys of the cases of a kind begin; none: any."""
    if kind is None or kind == MatterKind.PROMISES:
        return ()
    if kind == MatterKind.REPLIES:
        return (THREAD,)
    return FIELDS[MatterKind(kind)] if kind in frozenset(MatterKind) else (kind,)


def _conditions(asked: _Asked, query: MattersQuery, who: str, now: datetime) -> Iterable[str]:
    views = _views(who, now)
    if query.view in views:
        yield views[query.view](asked)
    yield f"{'' if query.view is MatterView.ASLEEP else 'NOT '}{asked['asleep']}"
    if query.kind is not None:
        kind = query.kind
        yield _KINDS[kind](asked) if kind in _KINDS else _begins(kind)
    if query.owner is not None:
        yield _held_by(query.owner)(asked)
    yield from _columns(asked, query)


def _columns(asked: _Asked, query: MattersQuery) -> Iterable[str]:
    for name, column in _COLUMNS.items():
        if (value := getattr(query, name)) is not None:
            yield column.format(asked.add(value))


_COLUMNS: Final = {
    "promise": "clock.name = {}",
    "area": f"EXISTS ({_OF} AND of.context ->> 'service_area' = {{}} OFFSET 0)",
    "level": "clock.level = {}",
}
_Part: TypeAlias = Callable[[_Asked], str]


def _held_by(who: str) -> _Part:
    return lambda asked: asked.part("mine", who=asked.add(who))


def _views(who: str, now: datetime) -> Mapping[str, _Part]:
    """Return view → its condition of the promise that is due first."""
    end = next_day_start(as_day(now))
    return {
        MatterView.MINE: _held_by(who),
        MatterView.UNOWNED: lambda asked: asked.part("unowned"),
        MatterView.TODAY: lambda asked: asked.part("today", end=asked.add(end)),
        MatterView.OVERDUE: lambda _: "clock.state = 'breached'",
        MatterView.AT_RISK: lambda _: "clock.state = 'at_risk'",
    }


def _begins(*fields: str) -> str:
    return " OR ".join(f"starts_with(clock.case_key, '{field}:')" for field in fields)


_KINDS: Final[Mapping[str, _Part]] = {
    **{kind: partial(lambda fields, _: _begins(*fields), fields) for kind, fields in FIELDS.items()},
    # Whoever writes in an emergency has a conversation, and is in danger all the same; in a drill nobody is.
    MatterKind.EMERGENCIES: lambda _: (
        f"({_begins(CaseKind.EMERGENCY)} OR starts_with(clock.name, 'emergency_'))"
        f" AND NOT EXISTS ({_OF} AND of.context -> 'drill' = 'true' OFFSET 0)"
    ),
    MatterKind.REPLIES: lambda asked: asked.part("replies"),
    MatterKind.PROMISES: lambda _: (
        f"NOT ({_begins(THREAD, *(name for of in FIELDS.values() for name in of))})"
    ),
}
