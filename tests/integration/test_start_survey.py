"""The survey of a half-year: each client is asked once, however often it is started."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from msgspec import structs

from hub.desk.surveys import half_year as surveys
from hub.desk.surveys.acts import begin
from hub.desk.surveys.rows import SurveyStarted
from hub.errors import BrokerUnavailable
from hub.messages.delivery.deps import DeliveryDeps
from hub.messages.delivery.pausing import Pauses
from hub.model import Rendered
from hub.model.surveys import LeftOut
from hub.storage import Database, PostgresPauses
from hub.testing import MemoryAudit, MemoryEmail, MemoryThrottle, SettableClock
from tests.contract.values import HOUR, NOON, copropiedad, membership, person, unit
from tests.contract.values import event as stated
from tests.integration.working_hub import WorkingHub
from tests.operators import operator
from tests.unit.factories import POLICY, agreed, event

DAY: Final = timedelta(days=1)


class Firm(WorkingHub):
    def __init__(self, database: Database) -> None:
        self.clock = SettableClock(NOON + 3 * HOUR)
        self.mails = MemoryEmail()
        deps = DeliveryDeps(
            channels={"email": self.mails},
            render=lambda claimed: Rendered(text=claimed.message.name),
            policy=POLICY,
            throttle=MemoryThrottle(lambda: self.clock().timestamp()),
            now=self.clock,
            pauses=Pauses(PostgresPauses(database)),
        )
        super().__init__(database, deps)

    async def start(
        self, *, place: str | None = None, dry_run: bool = False, at: datetime | None = None, **more: Any
    ) -> SurveyStarted:
        by = operator(
            self.database, publisher=self.publisher, audit=MemoryAudit(), now=lambda: at or self.clock()
        )
        return await begin(by, place, dry_run=dry_run, **more)

    async def work(self) -> None:
        """Take in the published events, and deliver their messages."""
        events = list(self.publisher.events)
        self.publisher.events.clear()
        await self.take_in(*events)
        await self.deliver()

    @property
    def asked(self) -> list[tuple[str, str | None]]:
        """The people of the published surveys, with the copropiedad that counts the answer."""
        data = [event.data for event in self.publisher.events]
        return sorted((one["respondent"]["ref"], one.get("copropiedad_id")) for one in data)


@pytest.fixture
async def firm(opened: Database) -> Firm:
    made = Firm(opened)
    await made.take_in(
        *(copropiedad(ref) for ref in ("ph-1", "ph-2")),
        unit("u-1", "ph-1"),
        unit("u-2", "ph-2"),
        *(person(f"p-{name}") for name in ("ana", "eva", "luis", "staff", "client", "silent")),
        person("p-paper", contact_points=[]),
        membership("p-ana", "unit:u-1", "owner"),
        membership("p-eva", "unit:u-2", "owner"),
        membership("p-eva", "unit:u-1", "tenant"),
        membership("p-luis", "copropiedad:ph-2", "council"),
        membership("p-client", "company", "accounting_client"),
        membership("p-staff", "company", "staff"),
        membership("p-paper", "unit:u-1", "resident"),
        membership("p-silent", "unit:u-1", "resident"),
        *(agreed(f"p-{name}", "survey") for name in ("ana", "eva", "luis", "client", "paper")),
    )
    return made


async def test_each_client_is_asked_once_and_staff_is_not(firm: Firm) -> None:
    done = await firm.start()
    asked = firm.asked
    [of_ana] = [one for one in firm.publisher.events if one.data["respondent"] == {"ref": "p-ana"}]

    assert [("p-ana", "ph-1"), ("p-client", None), ("p-eva", "ph-1"), ("p-luis", "ph-2")] == asked
    # A person who is not in the ledger is not asked.
    left_out = {LeftOut.NO_CONTACT: 1, LeftOut.DECLINED: 1}
    assert (4, left_out, None) == (done.asked, dict(done.left_out), done.next)
    assert ("semestral", "urn:hub", "survey.requested") == (of_ana.data["kind"], of_ana.source, of_ana.name)
    assert "ana" not in of_ana.id
    await firm.work()
    assert 4 == len(firm.mails.sent)


async def test_person_with_suppressed_addresses_is_asked_when_one_works_again(firm: Firm) -> None:
    """A survey that ends suppressed would use up the half-year."""
    await firm.database.rows(
        "INSERT INTO suppression (address, channel, since, reason, provider, code)"
        " VALUES ('p-ana@example.com', 'email', now(), 'bounced', 'smtp', '550')"
    )
    done = await firm.start()
    asked = [who for who, _ in firm.asked]
    await firm.work()
    await firm.database.rows("UPDATE suppression SET lifted_at = now()")
    await firm.start()

    assert 2 == done.left_out[LeftOut.NO_CONTACT]
    assert "p-ana" not in asked
    assert [("p-ana", "ph-1")] == firm.asked


async def test_a_dry_run_counts_the_same_and_asks_nobody(firm: Firm) -> None:
    counted = await firm.start(dry_run=True)

    assert [] == firm.publisher.events
    assert structs.replace(counted, dry_run=False) == await firm.start()


async def test_second_start_asks_only_new_people(firm: Firm) -> None:
    await firm.start(place="ph-1")
    # Again before anything is taken in: the same ids, so the same surveys.
    await firm.start()
    await firm.work()
    sent = len(firm.mails.sent)
    await firm.take_in(person("p-new"), membership("p-new", "unit:u-1", "owner"))
    await firm.take_in(agreed("p-new", "survey"))
    again = await firm.start()

    assert 4 == sent
    assert [("p-new", "ph-1")] == firm.asked
    assert {LeftOut.ASKED: 4, LeftOut.NO_CONTACT: 1, LeftOut.DECLINED: 1} == again.left_out


async def test_one_copropiedad_is_asked_alone_and_counts_its_own(firm: Firm) -> None:
    await firm.start(place="ph-2")

    assert [("p-eva", "ph-2"), ("p-luis", "ph-2")] == firm.asked


async def test_who_wants_no_surveys_or_had_one_lately_is_left_out_and_asked_later(firm: Firm) -> None:
    other = {"survey_id": "s-1", "kind": "post_servicio", "respondent": {"ref": "p-ana"}}
    await firm.take_in(
        event("survey.requested", other, at=firm.clock(), id="s-1"),
        stated(
            "privacy.consent.revoked",
            time=firm.clock() - DAY,
            data={"subject_id": "p-eva", "purposes": ["survey"], "method": "web", "text_version": "1"},
        ),
    )
    await firm.deliver()
    done = await firm.start()
    first = firm.asked
    firm.publisher.events.clear()
    await firm.database.rows("UPDATE survey_turn SET taken_at = taken_at - interval '31 days'")
    await firm.start()

    assert 1 == done.left_out[LeftOut.ASKED_LATELY]
    assert 2 == done.left_out[LeftOut.DECLINED]
    assert ["p-client", "p-luis"] == [who for who, _ in first]
    assert "p-ana" in [who for who, _ in firm.asked]
    assert "p-eva" not in [who for who, _ in firm.asked]


async def test_who_has_agreed_over_other_channels_is_not_asked(firm: Firm) -> None:
    """A survey that ends suppressed would use up the half-year."""
    await firm.take_in(
        agreed("p-silent", "survey", channels=["sms"]), agreed("p-ana", "survey", at=NOON, channels=["voice"])
    )
    before = await firm.start()
    asked = [who for who, _ in firm.asked]
    firm.publisher.events.clear()
    await firm.take_in(agreed("p-ana", "survey", at=NOON + HOUR, channels=["voice", "email"]))
    await firm.start()

    assert 2 == before.left_out[LeftOut.DECLINED]
    assert ["p-client", "p-eva", "p-luis"] == asked
    assert "p-ana" in [who for who, _ in firm.asked]


async def test_the_next_half_year_asks_again(firm: Firm) -> None:
    await firm.start()
    await firm.work()
    await firm.database.rows("UPDATE survey_turn SET taken_at = taken_at - interval '31 days'")
    soon = await firm.start()
    later = await firm.start(at=firm.clock() + 190 * DAY)

    assert (0, 4) == (soon.asked, later.asked)


async def test_many_are_asked_page_by_page_and_a_call_may_end_early(firm: Firm) -> None:
    seen: list[int] = []
    first = await firm.start(limit=2, on_progress=lambda done: seen.append(done.looked_at))
    rest = await firm.start(limit=2, after=first.next)
    last = await firm.start(limit=2, after=rest.next)

    assert [2] == seen
    assert [2, 2, 2] == [done.looked_at for done in (first, rest, last)]
    assert (4, None) == (len(firm.publisher.events), last.next)


async def test_after_a_lost_broker_the_same_call_asks_the_rest(firm: Firm) -> None:
    firm.publisher.faults.script("event", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await firm.start()
    await firm.work()
    reached = len(firm.mails.sent)
    await firm.start()
    await firm.work()

    assert 3 == reached
    assert 4 == len(firm.mails.sent)


@pytest.mark.parametrize(
    ("day", "name", "since"),
    [
        ("2026-01-01T00:00:00-05:00", "2026-1", "2026-01-01T00:00:00-05:00"),
        ("2026-06-30T23:59:59-05:00", "2026-1", "2026-01-01T00:00:00-05:00"),
        ("2026-07-01T04:59:59+00:00", "2026-1", "2026-01-01T00:00:00-05:00"),
        ("2026-07-01T05:00:00+00:00", "2026-2", "2026-07-01T00:00:00-05:00"),
    ],
)
def test_a_half_year_begins_on_its_day_in_bogota(day: str, name: str, since: str) -> None:
    of = surveys.round_at(datetime.fromisoformat(day), POLICY.calendar)

    assert (name, datetime.fromisoformat(since)) == (of.name, of.since)
