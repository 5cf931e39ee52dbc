"""Approvals on a real database: two people, once, in time, of what was seen; each refusal is in the audit."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import pytest
from msgspec.structs import replace

from hub.desk.communications import acts, files, reached, reviews
from hub.desk.communications.asking import reviewing_of
from hub.desk.communications.files import FileBody
from hub.desk.communications.people import ListBody, give_list
from hub.desk.communications.rows import (
    CommunicationBody,
    CommunicationWhole,
    ElsewhereBody,
    RefusalBody,
    ReleaseBody,
    SaveBody,
    SendBody,
)
from hub.desk.messages.acts import show_evidence
from hub.desk.messages.rows import EvidenceList
from hub.doors.operator import Operator
from hub.errors import (
    ApproverNeeded,
    ChangedDraft,
    NoApprover,
    NoPerson,
    NoRelease,
    NotWaiting,
    SamePerson,
    SeniorNeeded,
    UnknownAccount,
)
from hub.model import Account, Event, Grant, Office
from hub.model.communications import CommunicationState
from hub.model.pages import PageQuery
from hub.operations.communications import planning
from hub.operations.communications.review_work import ReviewWork
from hub.operations.communications.work import CommunicationWork
from hub.parts.dry_run import DryRuns
from hub.parts.plans import planning_of
from hub.policy.review import KindReview, ReviewPolicy
from hub.storage import Database, PostgresHeldEvents
from hub.testing import MemoryPublisher
from hub.web.console.wrong_es import wrong_of
from tests.doubled import with_doubles
from tests.integration.test_communications import BODY, BOTH, people, work_of
from tests.integration.test_evidence import Office as Hub
from tests.operators import operator
from tests.unit.factories import POLICY, device, email, member, somebody
from tests.unit.paper_documents import pdf_of

MANY: Final = 60
RULES: Final = POLICY.review
STAFF: Final[Mapping[str, str | None]] = {
    "ana": "p-ana",
    "ana2": "p-ana",
    "twin": "p-ana-twin",
    "beto": "p-beto",
    "jefa": "p-jefa",
    "lonely": None,
}
"""Account → its person of the directory."""


@dataclass
class House:
    """Accounts of a company, and 60 people in a building: more than one alone may write to."""

    hub: Hub
    publisher: MemoryPublisher
    by: dict[str, Operator]
    work: CommunicationWork
    keep: ReviewWork

    async def asked(self, who: str = "ana", **fields: Any) -> CommunicationWhole:
        """Write and send a circular to all of the building, which then waits."""
        by = self.by[who]
        row = await acts.make_communication(by, CommunicationBody(data=BODY, to=BOTH, **fields))
        whole = await acts.plan_communication(by, row.id)
        await self.send(whole, who)
        return await acts.show_communication(by, row.id)

    async def send(self, whole: CommunicationWhole, who: str = "ana", **fields: Any) -> None:
        body = SendBody(digest=digest_of(whole), typed="Altos del Rosal", **fields)
        await acts.send_communication(self.by[who], whole.row.id, body)

    async def release(self, who: str, whole: CommunicationWhole) -> CommunicationState:
        body = ReleaseBody(digest=digest_of(whole))
        return (await reviews.release_communication(self.by[who], whole.row.id, body)).state

    async def state(self, whole: CommunicationWhole) -> tuple[str, str | None]:
        row = (await acts.show_communication(self.by["ana"], whole.row.id)).row
        return row.state.value, row.why

    async def audited(self, whole: CommunicationWhole) -> Sequence[tuple[str, str, str | None]]:
        """Return who tried to decide, and why it was refused, in order."""
        rows = await self.by["ana"].db.rows(
            "SELECT who, action, detail FROM audit WHERE subject = $1"
            " AND action IN ('communication.release', 'communication.refuse') ORDER BY at, id",
            f"communication:{whole.row.id}",
        )
        return [(row["who"], row["action"].rpartition(".")[2], row["detail"].get("refused")) for row in rows]

    async def proves_what_was_seen(self, whole: CommunicationWhole) -> None:
        """Compare what is kept of the approver's page with the audit, and with that page."""
        (kept,) = await self.by["ana"].db.rows(
            "SELECT shown FROM approval WHERE communication = $1", whole.row.id
        )
        (said,) = await self.by["ana"].db.rows(
            "SELECT detail FROM audit WHERE action = 'communication.release' AND who = 'account:beto'"
        )
        seen = json.loads(kept["shown"])
        assert sha256(kept["shown"]).hexdigest() == said["detail"]["shown_sha256"]
        assert (digest_of(whole), BODY) == (seen["plan"]["digest"], seen["data"])

    async def evidence_of(self, whole: CommunicationWhole) -> EvidenceList:
        """Publish it, and return the evidence of one of its messages."""
        while await self.work.publish_next():
            pass
        events = [one for one in self.publisher.events if one.id.startswith(f"communication:{whole.row.id}")]
        await self.hub.take_in(*events)
        (row,) = await self.by["ana"].db.rows("SELECT id FROM message LIMIT 1")
        return await show_evidence(self.by["ana"], row["id"])

    async def called(self) -> Sequence[tuple[str, str, str]]:
        """Let the timers work; return whom they told now: about, person, by."""
        before = len(self.publisher.events)
        await self.keep.keep()
        new = self.publisher.events[before:]
        return sorted(
            (one.data["about"], one.data["colleague"]["ref"], one.data.get("by", "")) for one in new
        )


def digest_of(whole: CommunicationWhole) -> str:
    assert whole.plan is not None
    return whole.plan.digest or ""


def review_work(by: Operator, publisher: MemoryPublisher) -> ReviewWork:
    stores = by.stores
    return ReviewWork(
        store=stores.communications,
        held=PostgresHeldEvents(stores.database),
        reviewing=reviewing_of(by),
        publisher=publisher,
        audit=stores.audit,
        run_dry=stores.dry_run,
        texts=stores.company.digest_of_texts,
        policy=stores.policy.review,
        prices=stores.policy.prices,
        now=stores.now,
    )


async def add_account(by: Operator, name: str, person: str | None, *grants: Grant) -> None:
    made = Account(
        id=uuid4(),
        name=name,
        display_name=name.title(),
        password_hash="",
        grants=grants or (Grant(office=Office.OPERATOR),),
        must_change=False,
        created_at=by.now,
        created_by="cli:test",
    )
    await by.stores.accounts.add(made)
    await by.stores.accounts.set_person(made.id, person)


def staff() -> list[Event]:
    """Who has an account, and as many people of one building as nobody may write to alone."""
    return [
        *(somebody(ref, email(f"{ref}@example.com")) for ref in ("p-ana", "p-ana-twin", "p-beto", "p-jefa")),
        member("p-jefa", "company", "staff", duty="coordinator", level=2),
        *(somebody(f"p-{n}", email(f"{n}@example.com")) for n in range(MANY)),
        *(member(f"p-{n}", "unit:a2", "resident") for n in range(MANY)),
    ]


async def built(database: Database, review: ReviewPolicy = RULES) -> House:
    hub, publisher = Hub(database), MemoryPublisher()
    await hub.take_in(*people(), *staff())
    policy = replace(hub.rules.policy, review=review)
    dry = DryRuns(database, hub.rules, lambda: {name: one.traits for name, one in hub.channels.items()})
    by = {
        who: operator(database, name, publisher=publisher, now=hub.clock, policy=policy, dry_run=dry)
        for who, name in {**{name: f"account:{name}" for name in STAFF}, "key": "key:crm"}.items()
    }
    for name, person in STAFF.items():
        await add_account(by["ana"], name, person)
    ana = by["ana"]
    return House(
        hub=hub, publisher=publisher, by=by, work=work_of(ana, publisher), keep=review_work(ana, publisher)
    )


@pytest.fixture
async def house(opened: Database) -> House:
    return await built(opened)


async def test_another_person_releases_it_once_and_what_they_saw_is_kept(house: House) -> None:
    whole = await house.asked()
    (waiting,) = (await reviews.list_approvals(house.by["beto"], PageQuery())).items
    mine = {who: await reviews.count_mine(by) for who, by in house.by.items()}
    called = await house.called()
    question = await reviews.ask_to_release(house.by["beto"], whole.row.id)
    assert CommunicationState.RUNNING == await house.release("beto", whole)
    with pytest.raises(NotWaiting):
        await house.release("jefa", whole)

    assert whole.needs_release
    assert ("waiting", MANY + 3, "account:ana") == (whole.row.state, waiting.people, waiting.asked_by)
    assert {"ana": 0, "ana2": 0, "lonely": 0, "key": 0, "twin": 1, "beto": 1, "jefa": 1} == mine
    assert [("review_asked", ref, "Ana") for ref in ("p-ana-twin", "p-beto", "p-jefa")] == called
    assert "El jueves lavamos el tanque." in str(question.facts)
    assert [("account:beto", "release", None), ("account:jefa", "release", "not_waiting")] == (
        await house.audited(whole)
    )
    assert [("released", "p-ana", "Beto")] == await house.called()
    await house.proves_what_was_seen(whole)
    release = (await house.evidence_of(whole)).release
    assert release is not None
    assert ("account:beto", sha256(release.shown.encode()).hexdigest()) == (release.by, release.sha256)


async def test_an_edit_voids_the_approval(house: House) -> None:
    whole = await house.asked()
    await acts.save_communication(
        house.by["ana"], whole.row.id, SaveBody(data={**BODY, "title": "Otro"}, to=BOTH, version=1)
    )
    with pytest.raises(NotWaiting):
        await house.release("beto", whole)
    again = await acts.plan_communication(house.by["ana"], whole.row.id)
    house.hub.clock.advance(timedelta(minutes=1))
    await house.send(again)
    with pytest.raises(ChangedDraft):
        await house.release("beto", whole)

    assert [("account:beto", "release", "not_waiting"), ("account:beto", "release", "changed")] == (
        await house.audited(whole)
    )
    assert CommunicationState.RUNNING == await house.release("beto", again)


async def test_other_words_of_the_texts_void_it_too(house: House) -> None:
    """Neither who releases it nor the hour at which it leaves lets through what nobody has seen."""
    whole, later = await house.asked(), await house.asked(starts_at=house.hub.clock() + timedelta(hours=2))
    await house.release("beto", later)
    company = house.by["beto"].stores.company
    files = {**company.templates.files, "es/admin.circular.issued.j2": "otras palabras"}
    vars(company)["templates"] = dataclasses.replace(company.templates, files=files)
    try:
        with pytest.raises(ChangedDraft):
            await house.release("beto", whole)
        house.hub.clock.advance(timedelta(hours=3))
        await house.work.publish_next()
    finally:
        del vars(company)["templates"]

    assert [("draft", "changed")] * 2 == [await house.state(one) for one in (whole, later)]
    assert [("account:beto", "release", "changed")] == await house.audited(whole)


async def test_documents_and_price_are_shown_and_bound(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    company = house.hub.rules
    for who in ("ana", "beto"):
        stores = with_doubles(house.by[who].stores, company=company)
        house.by[who] = dataclasses.replace(house.by[who], stores=stores)
    row = await acts.make_communication(house.by["ana"], CommunicationBody(data=BODY, to=BOTH))
    attached = FileBody(version=1, file=pdf_of("Horario"), file_name="Horario.pdf")
    await files.attach_file(house.by["ana"], row.id, attached)
    whole = await acts.plan_communication(house.by["ana"], row.id)
    await house.send(whole)
    facts = (await reviews.ask_to_release(house.by["beto"], row.id)).facts
    dear = replace(company.policy.prices, mail=99)
    monkeypatch.setitem(vars(company), "policy", replace(company.policy, prices=dear))
    with pytest.raises(ChangedDraft):
        await house.release("beto", whole)

    assert ("Horario.pdf", "$\N{NO-BREAK SPACE}0") == (facts["Documentos"], facts["Cuesta"])
    assert [sha256(attached.file).hexdigest()] == [one.sha256 for one in whole.files]
    assert ("draft", "changed") == await house.state(whole)


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("ana", SamePerson),
        ("ana2", SamePerson),  # her second account
        ("twin", SamePerson),  # the account of her other entry of the directory, which was joined
        ("lonely", NoPerson),
        ("key", NoPerson),
    ],
)
async def test_a_maker_under_any_name_or_nobody_known_does_not_release(
    house: House, who: str, why: type[NoRelease]
) -> None:
    await house.by["ana"].db.rows(
        "INSERT INTO person_join (id, by, kept, other, written)"
        " VALUES (gen_random_uuid(), 'cli:x', 'p-ana-twin', 'p-ana', '[]')"
    )
    whole = await house.asked()
    with pytest.raises(why):
        await house.release(who, whole)
    with pytest.raises(why):
        await reviews.refuse_communication(
            house.by[who], whole.row.id, RefusalBody(digest=digest_of(whole), reason="No.")
        )

    name = house.by[who].who
    assert [(name, "release", why.word), (name, "refuse", why.word)] == await house.audited(whole)
    assert ("waiting", None) == await house.state(whole)


async def test_who_sends_the_draft_of_another_does_not_release_it(house: House) -> None:
    """Two people stand behind it: not who has written it, and not who has sent it."""
    by = house.by["ana"]
    row = await acts.make_communication(by, CommunicationBody(data=BODY, to=BOTH))
    whole = await acts.plan_communication(by, row.id)
    await house.send(whole, "beto")
    for who in ("ana", "beto"):
        with pytest.raises(SamePerson):
            await house.release(who, whole)

    assert CommunicationState.RUNNING == await house.release("jefa", whole)


async def test_who_saved_words_or_people_of_it_does_not_release_it(house: House) -> None:
    row = await acts.make_communication(house.by["ana"], CommunicationBody(data=BODY, to=BOTH))
    words = {**BODY, "title": "Palabras de Beto"}
    await acts.save_communication(house.by["beto"], row.id, SaveBody(data=words, to=BOTH, version=1))
    await give_list(house.by["jefa"], row.id, ListBody(version=2, text="p-1"))
    whole = await acts.plan_communication(house.by["ana"], row.id)
    await house.send(whole)
    for who in ("beto", "jefa"):
        with pytest.raises(SamePerson):
            await house.release(who, whole)

    assert [0, 0] == [await reviews.count_mine(house.by[who]) for who in ("beto", "jefa")]
    assert CommunicationState.RUNNING == await house.release("twin", whole)


async def test_what_a_system_made_is_asked_for_by_a_person_and_released_by_another(house: House) -> None:
    """Who holds the key may be the one who would release it."""
    row = await acts.make_communication(house.by["key"], CommunicationBody(data=BODY, to=BOTH))
    whole = await acts.plan_communication(house.by["key"], row.id)
    with pytest.raises(NoPerson):
        await house.send(whole, "key")
    await house.send(whole)
    with pytest.raises(SamePerson):
        await house.release("ana", whole)

    assert CommunicationState.RUNNING == await house.release("beto", whole)


async def test_by_another_channel_only_who_may_release_it_sends_it_to_so_many(house: House) -> None:
    whole, body = await house.asked(), ElsewhereBody(channel="push")
    await house.release("beto", whole)
    await house.evidence_of(whole)
    ana, beto = house.by["ana"], house.by["beto"]
    await ana.db.rows("UPDATE message SET state = 'failed', reason = 'smtp_550'")
    for by in (ana, beto):
        vars(by.stores)["traits"] = lambda: {name: one.traits for name, one in house.hub.channels.items()}
    await house.hub.take_in(somebody("p-1", email("1@example.com"), device("t-1"), version=2))
    question = await reached.ask_elsewhere(ana, whole.row.id)
    with pytest.raises(ApproverNeeded) as refused:
        await reached.send_elsewhere(ana, whole.row.id, body)
    asked = await reached.ask_elsewhere(beto, whole.row.id)
    done = await reached.send_elsewhere(beto, whole.row.id, body)

    sentence = "solo la manda quien puede aprobarla"
    assert sentence in question.follows
    assert sentence in wrong_of(refused.value).words
    assert (False, True) == tuple("push" in str(one.fields) for one in (question, asked))
    assert "('push', 'Notificación móvil: 63 personas, $\\xa00')" in str(asked.fields)
    assert 1 == done.people


async def test_after_24_hours_it_is_asked_again(house: House) -> None:
    """Whether the timers have seen it first or not."""
    whole = await house.asked()
    await house.called()
    house.hub.clock.advance(timedelta(hours=24))
    with pytest.raises(NotWaiting):
        await house.release("beto", whole)

    assert [("account:beto", "release", "not_waiting")] == await house.audited(whole)
    assert ("draft", "lapsed") == await house.state(whole)
    assert [("lapsed", "p-ana", "")] == await house.called()
    await house.send(whole)
    house.hub.clock.advance(timedelta(hours=25))
    await house.called()
    assert ("draft", "lapsed") == await house.state(whole)
    await house.send(whole)
    assert CommunicationState.RUNNING == await house.release("beto", whole)


async def test_a_release_for_an_hour_holds_a_day_longer_than_that_hour(house: House) -> None:
    whole = await house.asked(starts_at=house.hub.clock() + timedelta(hours=2))
    assert CommunicationState.SCHEDULED == await house.release("beto", whole)
    house.hub.clock.advance(timedelta(hours=27))
    await house.work.publish_next()

    assert ("draft", "lapsed") == await house.state(whole)


async def test_at_its_hour_it_leaves_to_whom_it_was_released_for(house: House) -> None:
    """A plan that began before the release is not stored; what was not released does not leave."""
    ana, later = house.by["ana"], house.hub.clock() + timedelta(hours=2)
    row = await acts.make_communication(ana, CommunicationBody(data=BODY, to=BOTH, starts_at=later))
    whole = await acts.plan_communication(ana, row.id)
    stale = await acts.row_of(ana, row.id)
    await house.send(whole)
    other = await house.asked(starts_at=later)
    for one in (whole, other):
        await house.release("beto", one)
    await ana.db.rows("UPDATE approval SET digest = 'x' WHERE communication = $1", other.row.id)
    await house.hub.take_in(somebody("p-new"), member("p-new", "unit:a2", "resident"))
    with pytest.raises(ChangedDraft):
        await planning.plan(ana.actor, stale, planning_of(ana.stores))
    house.hub.clock.advance(timedelta(hours=3))
    await house.work.publish_next()

    assert [("running", None), ("draft", "changed")] == [await house.state(one) for one in (whole, other)]
    assert [] == list(await ana.db.rows("SELECT FROM communication_person WHERE person = 'p-new'"))


async def test_a_refusal_says_why(house: House) -> None:
    whole = await house.asked()
    await house.called()
    body = RefusalBody(digest=digest_of(whole), reason="Falta la hora.")
    await reviews.refuse_communication(house.by["beto"], whole.row.id, body)

    assert ("draft", "refused") == await house.state(whole)
    assert [("refused", "p-ana", "Beto")] == await house.called()
    assert "Falta la hora." == house.publisher.events[-1].data["reason"]
    assert [("account:beto", "refuse", None)] == await house.audited(whole)


async def test_so_many_more_need_a_coordinator(opened: Database) -> None:
    house = await built(opened, replace(RULES, senior_over=MANY))
    whole = await house.asked()
    with pytest.raises(SeniorNeeded):
        await house.release("beto", whole)
    called = await house.called()

    assert [("account:beto", "release", "senior_needed")] == await house.audited(whole)
    assert [("review_asked", "p-jefa", "Ana")] == called
    assert CommunicationState.RUNNING == await house.release("jefa", whole)


async def test_a_manager_of_these_buildings_is_senior_and_of_others_is_not(opened: Database) -> None:
    house = await built(opened, replace(RULES, senior_over=MANY))
    for place in ("ph-b", "ph-a"):
        ref = f"p-{place}"
        await house.hub.take_in(somebody(ref))
        await add_account(house.by["ana"], place, ref, Grant(office=Office.MANAGER, copropiedad_id=place))
        house.by[place] = dataclasses.replace(house.by["ana"], who=f"account:{place}")
    whole = await house.asked()
    with pytest.raises(SeniorNeeded):
        await house.release("ph-b", whole)

    assert CommunicationState.RUNNING == await house.release("ph-a", whole)


async def test_the_named_approver_alone_is_told_and_must_be_one_who_may(house: House) -> None:
    by = house.by["ana"]
    row = await acts.make_communication(by, CommunicationBody(data=BODY, to=BOTH))
    whole = await acts.plan_communication(by, row.id)
    with pytest.raises(UnknownAccount):
        await house.send(whole, approver="ana2")
    await house.send(whole, approver="beto")

    assert [("review_asked", "p-beto", "Ana")] == await house.called()


async def test_where_nobody_else_may_release_nothing_is_asked(house: House) -> None:
    """A maker without a person could be anybody; and of others without a person nobody knows who they are."""
    with pytest.raises(NoPerson):
        await house.asked("lonely")
    for name in ("twin", "beto", "jefa"):
        found = await house.by["ana"].stores.accounts.named(name)
        assert found is not None
        await house.by["ana"].stores.accounts.set_person(found.id, None)
    with pytest.raises(NoApprover):
        await house.asked()

    rows = await house.by["ana"].db.rows("SELECT state FROM communication")
    refused = await house.by["ana"].db.rows("SELECT detail FROM audit WHERE action = 'communication.send'")
    assert ["draft", "draft"] == [row["state"] for row in rows]
    assert ["no_person", "nobody"] == [row["detail"]["refused"] for row in refused]


async def test_few_people_and_what_is_free_wait_for_nobody(opened: Database) -> None:
    rules = replace(RULES, kinds={"admin.circular.issued": KindReview(over=MANY + 3)})
    house = await built(opened, rules)

    assert CommunicationState.RUNNING == (await house.asked()).row.state
