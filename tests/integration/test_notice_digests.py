"""Digests over PostgreSQL: a notice is in one message or alone, and nothing is lost or sent twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.catalog import BY_NAME
from hub.desk.rights.erasing import erase
from hub.errors import BrokerUnavailable
from hub.model import DigestPeriod, Event, Preferences, QuietHours, Rendered
from hub.model.events import RECALL
from hub.model.ids import event_key
from hub.model.notice_digests import NAME
from hub.operations.explain.explain import explain
from hub.operations.preferences import change_preferences
from hub.storage import (
    PostgresErasures,
    PostgresExplain,
    PostgresNoticeDigests,
    PostgresPreferences,
    PostgresTimers,
)
from hub.storage.database import load
from hub.testing import MemoryPublisher, SettableClock
from hub.timers import notice_digests
from hub.timers.deps import Timers
from hub.timers.notice_digests import keep_digests
from tests.actors import actor
from tests.integration.counting_hub import CountingDatabase, CountingHub
from tests.unit.factories import HOUR, MONDAY, device, email, event, home, local, member, somebody
from tests.unit.hub_in_memory import memory_hub
from tests.unit.timer_harness import timers_of

UNIT, MARIA, PEDRO = "altos-t1-101", "p-maria-pena", "p-pedro"
PLACE = "ph-altos-del-rosal"
CIRCULAR, DECISION = "admin.circular.issued", "admin.decision.published"
DUE = local("2026-03-09 18:00")
DAILY, WEEKLY = Preferences(digest=DigestPeriod.DAILY), Preferences(digest=DigestPeriod.WEEKLY)


class Hub(CountingHub):
    """It knows Maria, who may want a digest."""

    def __init__(self, database: CountingDatabase) -> None:
        super().__init__(database)
        self.deps = replace(
            self.deps, catalog=BY_NAME, render=lambda claimed: Rendered(text=claimed.message.event_id)
        )
        self.wishes = PostgresPreferences(database)
        self.told: list[Event] = []

    def timers(self, publisher: MemoryPublisher | None = None) -> Timers:
        return timers_of(
            memory_hub(MONDAY),
            store=PostgresTimers(self.database),
            digests=PostgresNoticeDigests(self.database),
            publisher=publisher or self.publisher,
            now=self.deps.now,
        )

    async def wish(self, wished: Preferences, who: str = MARIA) -> None:
        now = self.deps.now()
        await change_preferences(actor(who, now=now), self.wishes, who, lambda _: wished, way="page")

    def at(self, when: datetime) -> None:
        clock = self.deps.now
        assert isinstance(clock, SettableClock)
        clock.at = when

    async def says(self, *events: Event) -> None:
        """Take in and deliver as far as it goes now."""
        await self.take_in(*events)
        await self.deliver()

    async def hold_two(self) -> None:
        """Hold two circulars for the digest of the day."""
        await self.wish(DAILY)
        await self.says(circular(1), circular(2))

    async def digest(self) -> None:
        """Make a digest of them."""
        await self.hold_two()
        self.at(DUE)
        await self.keep()

    async def keep(self) -> None:
        """Let the timers look, and do all that follows of it now."""
        await keep_digests(self.timers())
        await self.settled()

    async def settled(self) -> None:
        told = list(self.publisher.events)
        self.publisher.events.clear()
        self.told += told
        if told:
            await self.take_in(*told)
        await self.fire()

    async def fire(self) -> None:
        """Release messages that are due by the test's clock, or were let go just now, and deliver them."""
        rows = await self.database.rows(
            "SELECT id FROM message"
            " WHERE state = 'held' AND (next_at <= $1 OR next_at > now() - interval '1 hour')",
            self.deps.now(),
        )
        store = PostgresTimers(self.database)
        await self.publisher.tickets(await store.release([row["id"] for row in rows]))
        await self.deliver()

    async def fates(self, name: str = CIRCULAR, channel: str = "email") -> Counter[tuple[str, str | None]]:
        rows = await self.database.rows(
            "SELECT state, reason FROM message WHERE event = $1 AND channel = $2", name, channel
        )
        return Counter((row["state"], row["reason"]) for row in rows)

    def sent(self, channel: str = "email") -> list[str]:
        return [one.message.event for one in self.deps.channels[channel].sent]  # type: ignore[attr-defined]

    async def arrived(self, state: str, *, on: str = NAME, channel: str = "email") -> None:
        change = "UPDATE message SET state = $1, next_at = NULL, fallback = NULL"
        await self.database.rows(f"{change} WHERE event = $2 AND channel = $3", state, on, channel)

    async def digests(self) -> list[Any]:
        return await self.database.rows("SELECT * FROM notice_digest ORDER BY due_at")


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Hub]:
    async with CountingDatabase(database) as opened:
        made = Hub(opened)
        await made.take_in(
            home(UNIT), somebody(MARIA, email(), device("a")), member(MARIA, f"unit:{UNIT}", "resident")
        )
        yield made


def circular(number: int, at: datetime = MONDAY, **data: Any) -> Event:
    said = {
        "copropiedad_id": PLACE,
        "circular_id": f"c-{number}",
        "title": f"Noticia {number}",
        "body_markdown": f"Texto **{number}**.",
        "audience": "residents",
        "valid_until": None,
        **data,
    }
    return event(CIRCULAR, said, id=f"circular-{number}", at=at)


def decision(number: int = 1, **data: Any) -> Event:
    said = {
        "copropiedad_id": PLACE,
        "decision_id": f"d-{number}",
        "title": "Nuevo horario",
        "document_ref": "Acta 12",
        "effective_on": None,
        **data,
    }
    return event(DECISION, said, id=f"decision-{number}")


def recall(of: Event) -> Event:
    return event(RECALL, {"source": of.source, "id": of.id}, id=f"recall of {of.id}")


async def test_what_waits_comes_in_one_message_and_its_inbox_copy_at_once(hub: Hub) -> None:
    await hub.wish(DAILY)
    await hub.says(circular(1), decision(1))

    assert [] == hub.sent() == hub.sent("push")
    assert [CIRCULAR, DECISION] == sorted(hub.sent("inbox"))
    assert {("held", "digest"): 1} == await hub.fates() == await hub.fates(channel="push")

    hub.at(DUE)
    await hub.keep()
    [told] = hub.told

    assert [NAME] == hub.sent()
    assert ["Noticia 1", "Nueva decisión: Nuevo horario"] == [item["title"] for item in told.data["items"]]
    assert "Texto **1**." == told.data["items"][0]["body_markdown"]
    assert PLACE == told.data["copropiedad_id"]
    assert {("held", "in_digest"): 1} == await hub.fates() == await hub.fates(channel="push")


async def test_nothing_is_made_before_the_hour(hub: Hub) -> None:
    await hub.hold_two()
    hub.at(DUE - timedelta(minutes=1))
    await hub.keep()

    assert {("held", "digest"): 2} == await hub.fates()
    assert [] == hub.told


async def test_once_it_has_arrived_its_messages_end_and_explain_names_it(hub: Hub) -> None:
    await hub.digest()
    before = await explain(PostgresExplain(hub.database), "circular-1", MARIA)
    await hub.arrived("delivered")
    await hub.keep()
    after = await explain(PostgresExplain(hub.database), "circular-1", MARIA)

    assert {("cancelled", "in_digest"): 2} == await hub.fates()
    assert [NAME] == hub.sent()
    assert ("pending", "in_digest") == (before.outcome, before.reason)
    assert "sent" == after.outcome
    assert any("resumen" in line and hub.told[0].id in line for line in after.sentences)


async def test_one_alone_is_sent_as_itself(hub: Hub) -> None:
    await hub.wish(DAILY)
    await hub.says(circular(1))
    hub.at(DUE)
    await hub.keep()

    assert [] == hub.told
    assert [CIRCULAR] == hub.sent() == hub.sent("push")


@pytest.mark.parametrize("state", ["failed", "bounced", "suppressed"])
async def test_where_the_digest_is_lost_its_messages_leave_by_themselves(hub: Hub, state: str) -> None:
    await hub.digest()
    await hub.arrived(state)
    await hub.keep()

    assert [NAME, CIRCULAR, CIRCULAR] == hub.sent()
    assert {("sent", None): 2} == await hub.fates()
    await hub.keep()
    assert 1 == len(hub.told)


async def test_a_digest_that_waits_for_its_next_step_is_not_lost_yet(hub: Hub) -> None:
    await hub.digest()
    await hub.database.rows("UPDATE message SET state = 'failed', next_at = NULL WHERE event = $1", NAME)
    await keep_digests(hub.timers())

    assert {("held", "in_digest"): 2} == await hub.fates()


async def test_a_digest_that_intake_never_knew_is_lost_after_a_day(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hub.hold_two()
    hub.at(DUE)
    await keep_digests(hub.timers())
    hub.publisher.events.clear()
    await keep_digests(hub.timers())

    assert {("held", "in_digest"): 2} == await hub.fates()

    monkeypatch.setattr(notice_digests, "SURE_AFTER", timedelta(0))
    await hub.keep()

    assert [CIRCULAR, CIRCULAR] == hub.sent()


async def test_mail_that_nobody_confirms_counts_as_arrived_after_a_day(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hub.digest()
    await hub.keep()

    assert {("held", "in_digest"): 2} == await hub.fates()

    monkeypatch.setattr(notice_digests, "SURE_AFTER", timedelta(0))
    await hub.keep()

    assert {("cancelled", "in_digest"): 2} == await hub.fates()


async def test_switched_off_what_waits_leaves_at_once(hub: Hub) -> None:
    await hub.hold_two()
    await hub.wish(Preferences())
    await hub.settled()

    assert [CIRCULAR, CIRCULAR] == hub.sent()
    hub.at(DUE)
    await hub.keep()
    assert [] == hub.told


async def test_from_daily_to_weekly_it_waits_for_friday(hub: Hub) -> None:
    await hub.hold_two()
    await hub.wish(WEEKLY)
    await hub.settled()
    hub.at(DUE)
    await hub.keep()
    assert [] == hub.told

    hub.at(local("2026-03-13 18:00"))
    await hub.keep()
    assert [NAME] == hub.sent()


async def test_what_its_publisher_takes_back_is_in_no_digest(hub: Hub) -> None:
    await hub.wish(DAILY)
    await hub.says(circular(1), circular(2), circular(3))
    await hub.take_in(recall(circular(2)))
    hub.at(DUE)
    await hub.keep()
    [told] = hub.told

    assert ["Noticia 1", "Noticia 3"] == [item["title"] for item in told.data["items"]]
    assert ("cancelled", "recalled") in await hub.fates()


@pytest.mark.parametrize("planned", [True, False])
async def test_taken_back_before_its_digest_leaves_the_others_leave_alone(hub: Hub, planned: bool) -> None:
    await hub.wish(DAILY)
    await hub.says(circular(1), circular(2), circular(3))
    hub.at(DUE)
    await keep_digests(hub.timers())
    hub.told = list(hub.publisher.events)
    hub.publisher.events.clear()
    if planned:
        await hub.take_in(*hub.told)
    await hub.take_in(recall(circular(2)))
    if not planned:
        await hub.take_in(*hub.told)
    await hub.deliver()
    await hub.keep()

    assert {("cancelled", "recalled"): 1} == await hub.fates(NAME)
    assert [CIRCULAR, CIRCULAR] == hub.sent()
    assert {("cancelled", "recalled"): 1, ("sent", None): 2} == await hub.fates()


async def test_taken_back_after_its_digest_has_left_it_stays_in_it(hub: Hub) -> None:
    await hub.digest()
    await hub.take_in(recall(circular(2)))
    await hub.arrived("delivered")
    await hub.keep()

    assert {("cancelled", "in_digest"): 2} == await hub.fates()
    assert [NAME] == hub.sent()


async def test_erased_person_gets_no_digest_and_nothing_of_it_stays(hub: Hub) -> None:
    await hub.hold_two()
    hub.at(DUE)
    await keep_digests(hub.timers())
    await hub.database.rows("DELETE FROM membership WHERE person_id = $1", MARIA)
    await erase(actor(), PostgresErasures(hub.database), MARIA, reason="x", legal_since=MONDAY)
    await hub.keep()

    assert [] == hub.sent() == await hub.digests()
    assert {("cancelled", "erased"): 2} == await hub.fates()


async def test_settled_digests_are_forgotten_with_their_months(hub: Hub) -> None:
    store = PostgresNoticeDigests(hub.database)
    await hub.digest()
    later = datetime.now(UTC) + HOUR

    assert 0 == await store.forget(later)
    await hub.arrived("delivered")
    await hub.keep()
    assert [0, 1] == [await store.forget(MONDAY), await store.forget(later)]


async def test_what_ends_or_takes_effect_too_soon_leaves_at_once(hub: Hub) -> None:
    await hub.wish(DAILY)
    await hub.says(
        circular(1, valid_until="2026-03-10T12:00:00-05:00"),
        circular(2, valid_until="2026-03-11T12:00:00-05:00"),
        decision(1, effective_on="2026-03-10"),
        decision(2, effective_on="2026-03-11"),
    )

    assert [CIRCULAR, DECISION] == sorted(hub.sent())
    assert {("sent", None): 1, ("held", "digest"): 1} == await hub.fates()


async def test_made_by_two_timers_at_once_there_is_one(hub: Hub) -> None:
    people = [f"p-{number}" for number in range(20)]
    for who in people:
        await hub.take_in(somebody(who, email(f"{who}@example.com")), member(who, f"unit:{UNIT}", "resident"))
        await hub.wish(DAILY, who)
    await hub.wish(DAILY)
    await hub.says(circular(1), circular(2), circular(3))
    hub.at(DUE)
    other = MemoryPublisher()
    await asyncio.gather(keep_digests(hub.timers()), keep_digests(hub.timers(other)))
    hub.publisher.events += other.events
    await hub.settled()
    got = Counter(one.message.person for one in hub.deps.channels["email"].sent)  # type: ignore[attr-defined]
    digests = {row["person"]: len(row["messages"]) for row in await hub.digests()}

    assert 1 + len(people) == len(digests)
    # Each of the three is in the digest or alone, never both and never in none.
    alone = Counter(
        one.message.person
        for one in hub.deps.channels["email"].sent  # type: ignore[attr-defined]
        if one.message.event == CIRCULAR
    )
    rows = await hub.database.rows(
        "SELECT person, count(*) AS n FROM message"
        " WHERE event = $1 AND channel = 'email' AND reason = 'in_digest' GROUP BY person",
        CIRCULAR,
    )
    assert {row["person"]: 3 - alone[row["person"]] for row in rows} == {
        row["person"]: row["n"] for row in rows
    }
    assert all(number == 1 + alone[who] for who, number in got.items())


async def test_a_person_at_the_end_of_a_page_is_not_cut_in_two(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_digests, "PAGE", 5)
    people = [f"p-{number}" for number in range(4)]
    for who in people:
        await hub.take_in(somebody(who, email(f"{who}@example.com")), member(who, f"unit:{UNIT}", "resident"))
        await hub.wish(DAILY, who)
    await hub.says(circular(1), circular(2), circular(3))
    hub.at(DUE)
    await hub.keep()

    assert dict.fromkeys(people, 3) == {row["person"]: len(row["messages"]) for row in await hub.digests()}


class _Broken(MemoryPublisher):
    """Loses its connection after the broker has taken the event."""

    broken = True

    async def event(self, event: Event, *, caller: str | None = None) -> None:
        await super().event(event, caller=caller)
        if self.broken:
            raise BrokerUnavailable("gone")


async def test_killed_after_publishing_it_is_published_again_with_the_same_id(hub: Hub) -> None:
    await hub.hold_two()
    hub.at(DUE)
    publisher = _Broken()
    with pytest.raises(BrokerUnavailable):
        await keep_digests(hub.timers(publisher))
    # The next process, an hour later: the notices of the digest have not left meanwhile.
    hub.at(DUE + 2 * HOUR)
    await hub.fire()
    assert [] == hub.sent()

    await hub.keep()
    await hub.says(*publisher.events)

    assert {event_key(one) for one in publisher.events} == {event_key(one) for one in hub.told}
    assert [NAME] == hub.sent()


async def test_while_no_timer_makes_a_digest_what_waits_leaves_after_an_hour(hub: Hub) -> None:
    await hub.hold_two()
    hub.at(DUE + HOUR)
    await hub.fire()

    assert [CIRCULAR, CIRCULAR] == hub.sent()


async def test_digest_keeps_the_quiet_hours_of_its_person(hub: Hub) -> None:
    quiet = QuietHours(since="17:00", until="07:00")
    await hub.wish(Preferences(digest=DigestPeriod.DAILY, quiet_hours=quiet))
    await hub.says(circular(1), circular(2))
    hub.at(DUE)
    await hub.keep()
    assert [] == hub.told

    hub.at(local("2026-03-10 07:00"))
    await hub.keep()
    assert [NAME] == hub.sent()


@pytest.mark.parametrize(
    ("name", "index", "arguments"),
    [
        ("waiting", "next_at", "(timestamptz, timestamptz, text, int) AS"),
        ("settle", "notice_digest_open", "(uuid, int, interval) AS"),
    ],
)
async def test_looks_of_the_timers_go_by_an_index(hub: Hub, name: str, index: str, arguments: str) -> None:
    given = {
        "waiting": "(now(), now(), '', 10)",
        "settle": "('00000000-0000-0000-0000-000000000000', 10, interval '1 day')",
    }
    async with hub.database.transaction() as run:
        await run.rows(f"PREPARE look {arguments} {load('notice_digests')[name]}")
        rows = await run.rows(f"EXPLAIN EXECUTE look {given[name]}")
    plan = "\n".join(row[0] for row in rows)

    assert index in plan
    assert "Seq Scan on message" not in plan


async def test_who_wants_no_digest_waits_for_none(hub: Hub) -> None:
    await hub.wish(Preferences(language="es"))
    await hub.says(circular(1))

    assert [CIRCULAR] == hub.sent()
