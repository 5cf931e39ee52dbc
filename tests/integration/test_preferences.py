"""Preferences and marks over PostgreSQL: kept, planned by, judged again at the claim, explained."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import uuid4

import pytest
from msgspec.structs import replace

from hub.errors import InvalidPreference
from hub.model import Event, Mark, MarkEntry, MarkReason, Preferences, Purpose, QuietHours
from hub.operations.explain.explain import explain
from hub.operations.preferences import change_preferences, read_preferences
from hub.ports import MessageFilter
from hub.storage import PostgresExplain, PostgresLog, PostgresPreferences
from hub.testing import SettableClock
from tests.actors import actor
from tests.integration.counting_hub import CountingDatabase, CountingHub
from tests.unit.factories import HOUR, MONDAY, device, email, event, home, local, member, mobile, somebody

UNIT, MARIA = "altos-t1-101", "p-maria-pena"
PACKAGE = "concierge.package.received"
NIGHT = QuietHours(since="21:00", until="07:00")


class Hub(CountingHub):
    """It knows a person with wishes."""

    def __init__(self, database: CountingDatabase) -> None:
        super().__init__(database)
        self.wishes = PostgresPreferences(database)

    async def wish(self, wished: Preferences) -> None:
        await change_preferences(
            actor("person:p-1", now=self.deps.now()), self.wishes, MARIA, lambda _: wished, way="page"
        )

    async def mark(self, reason: MarkReason) -> None:
        now = self.deps.now()
        await self.wishes.mark(MarkEntry(id=uuid4(), person=MARIA, reason=reason, since=now, by="ana"))

    async def messages(self, name: str = PACKAGE) -> list[tuple[str, str, str | None]]:
        page = await PostgresLog(self.database).messages(MessageFilter(event=name), after=None, limit=100)
        return sorted((row.channel, row.state, row.reason) for row in page.items)

    def at(self, text: str) -> None:
        clock = self.deps.now
        assert isinstance(clock, SettableClock)
        clock.at = local(text)


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Hub]:
    async with CountingDatabase(database) as opened:
        made = Hub(opened)
        await made.take_in(
            home(UNIT),
            somebody(MARIA, email(), mobile(), device("a")),
            member(MARIA, f"unit:{UNIT}", "resident"),
        )
        yield made


def package(number: int = 1, at: datetime = MONDAY) -> Event:
    return event(PACKAGE, {"unit_id": UNIT, "package_id": f"pk-{number}"}, id=f"package-{number}", at=at)


def off(*purposes: Purpose) -> Preferences:
    return Preferences(channels=dict.fromkeys(purposes, ()))


async def test_each_change_stays_with_who_when_and_by_which_way(hub: Hub) -> None:
    await hub.wish(Preferences(language="en"))
    await hub.wish(Preferences(language="en"))
    await hub.wish(Preferences(language="en", quiet_hours=NIGHT))
    shown = await read_preferences(hub.wishes, MARIA)

    assert [(2, NIGHT), (1, None)] == [(row.version, row.wishes.quiet_hours) for row in shown.history]
    assert {(MONDAY, "person:p-1", "page")} == {(row.at, row.by, row.way) for row in shown.history}
    assert {"emergency", "legal"} < shown.always.keys()


async def test_none_of_many_changes_at_once_is_lost(hub: Hub) -> None:
    async def add(name: Purpose) -> None:
        def change(before: Preferences) -> Preferences:
            return replace(before, channels={**before.channels, name: ("email",)})

        await change_preferences(actor(now=MONDAY), hub.wishes, MARIA, change, way="api")

    asked = (Purpose.SERVICE, Purpose.SURVEY, Purpose.COMMERCIAL, Purpose.TRANSACTIONAL)
    await asyncio.gather(*map(add, asked))
    shown = await read_preferences(hub.wishes, MARIA)

    assert set(asked) == set(shown.preferences.channels)


async def test_what_the_law_demands_cannot_be_switched_off(hub: Hub) -> None:
    with pytest.raises(InvalidPreference, match="ley"):
        await hub.wish(off(Purpose.LEGAL))

    assert [] == (await read_preferences(hub.wishes, MARIA)).history


async def test_planning_takes_the_preferred_channel_and_language(hub: Hub) -> None:
    await hub.wish(Preferences(channels={Purpose.SERVICE: ("sms",)}, language="en"))
    await hub.take_in(package())
    [row] = await hub.database.rows("SELECT channel, locale, skipped FROM message WHERE occasion = 'initial'")

    assert ("sms", "en", ["push:not_wanted"]) == tuple(row)


async def test_events_that_a_mark_has_stopped_are_listed_with_their_source(hub: Hub) -> None:
    await hub.mark(MarkReason.DECEASED)
    await hub.take_in(package(1), package(2))
    [stopped] = await hub.wishes.stopped(MARIA, limit=10)

    assert (event(PACKAGE).source, PACKAGE, 2) == (stopped.source, stopped.event, stopped.events)


async def test_purpose_switched_off_after_planning_is_seen_at_the_claim(hub: Hub) -> None:
    await hub.take_in(package())
    await hub.wish(off(Purpose.SERVICE))
    await hub.deliver()

    assert ("push", "suppressed", "not_wanted") in await hub.messages()


async def test_quiet_hours_hold_a_service_message_until_the_morning(hub: Hub) -> None:
    await hub.wish(Preferences(quiet_hours=NIGHT))
    hub.at("2026-03-09 22:00")
    await hub.take_in(package(at=local("2026-03-09 21:59")))
    await hub.deliver()
    [row] = await hub.database.rows("SELECT reason, next_at FROM message WHERE occasion = 'initial'")
    verdict = await explain(PostgresExplain(hub.database), "package-1", MARIA)

    assert ("quiet_hours", local("2026-03-10 07:00")) == tuple(row)
    assert any("pidió silencio" in sentence for sentence in verdict.sentences)


async def test_marked_person_gets_nothing_and_explain_says_why(hub: Hub) -> None:
    await hub.take_in(package(1))
    await hub.mark(MarkReason.CONTESTED_ACCOUNT)
    await hub.take_in(package(2))
    # The next step of the first one is refused as well.
    await hub.deliver()
    await hub.deliver()
    verdict = await explain(PostgresExplain(hub.database), "package-2", MARIA)
    found = {(state, reason) for _, state, reason in await hub.messages() if reason != "scheduled"}

    assert {("suppressed", "do_not_contact")} == found
    assert any("no contactar" in sentence and "disputa" in sentence for sentence in verdict.sentences)


async def test_mark_that_was_ended_stops_nothing_and_stays_on_record(hub: Hub) -> None:
    await hub.mark(MarkReason.CONTESTED_ACCOUNT)
    ended = await hub.wishes.end_marks(MARIA, None, at=MONDAY + HOUR, by="luis")
    await hub.take_in(package())
    [kept] = await hub.wishes.marks(MARIA)

    assert (1, "luis", MONDAY + HOUR) == (ended, kept.ended_by, kept.ended_at)
    assert ("push", "queued", None) in await hub.messages()


async def test_the_mark_that_stops_more_counts(hub: Hub) -> None:
    await hub.mark(MarkReason.PROTECTED_ADDRESS)
    await hub.mark(MarkReason.DECEASED)
    [row] = await hub.database.rows("SELECT mark FROM marked WHERE person = $1", MARIA)

    assert "deceased" == row["mark"]["reason"]
    assert Mark(reason=MarkReason.DECEASED, since=MONDAY).holds(MONDAY)


async def test_wishes_cost_no_statement_more(hub: Hub) -> None:
    costs = []
    for number in (0, 1, 2):
        before = hub.database.statements
        await hub.take_in(package(number))
        await hub.deliver()
        costs.append(hub.database.statements - before)
        if number == 1:
            await hub.wish(Preferences(channels={Purpose.SERVICE: ("sms",)}))

    assert costs[1] == costs[2]


async def test_wishes_and_marks_of_many_are_found_by_their_indexes(hub: Hub) -> None:
    await hub.database.rows(
        "INSERT INTO preference (person, version, at, by, way, wishes)"
        " SELECT 'p-' || number, version, now(), 'x', 'page', '{}'"
        " FROM generate_series(1, 5000) AS number, generate_series(1, 3) AS version"
    )
    await hub.database.rows(
        "INSERT INTO do_not_contact (id, person, reason, since, by, note)"
        " SELECT gen_random_uuid(), 'p-' || number, 'deceased', now(), 'x', ''"
        " FROM generate_series(1, 5000) AS number"
    )
    await hub.database.rows("ANALYZE")
    plan = "\n".join(
        row["QUERY PLAN"]
        for row in await hub.database.rows(
            "EXPLAIN (COSTS OFF) SELECT (SELECT wishes FROM wish WHERE wish.person = person.id),"
            " (SELECT mark FROM marked WHERE marked.person = person.id) FROM person"
        )
    )

    assert 2 == plan.count("Index Cond: (person = person.id)") + plan.count(
        "Index Cond: (person = person_1.id)"
    )
