"""The rules before a send: each alone, in the order that the document states, and added up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec.structs import replace

from hub.catalog import BY_NAME
from hub.messages.delivery.before_sending import RULES, judge
from hub.messages.delivery.decisions import fail_unsent
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import Documents
from hub.messages.delivery.rule import Judged, Rule, RuleContext, split
from hub.model import (
    Claimed,
    ContactFacts,
    DigestPeriod,
    Message,
    Outcome,
    Preferences,
    Purpose,
    Rendered,
    State,
)
from hub.model.documents import FetchState
from hub.testing import MemoryEmail, MemoryExclusions, MemorySms
from tests.unit.delivery_harness import DeliveryHarness, mail, make_harness
from tests.unit.factories import HOUR, MONDAY, POLICY
from tests.unit.test_docs import ARCHITECTURE, rows
from tests.unit.test_documents import OneRequest, request
from tests.unit.test_survey_turn import office_with, survey

HEADER: Final = "| rule | reads | decides | asked about |"
BY_RULE: Final = {rule.name: rule for rule in RULES}

Case = tuple[RuleContext, Sequence[Claimed], Message]
"""The facts that the rule reads, claims, and the message among them that it decides."""


async def claims_of(office: DeliveryHarness, at: RuleContext, *messages: Message) -> Sequence[Claimed]:
    await office.agreed(*messages)
    return await claim(at, *messages)


async def claim(at: RuleContext, *messages: Message) -> Sequence[Claimed]:
    return await at.store.claim([message.id for message in messages], token=at.lease.token, lease=HOUR)


async def paused() -> Case:
    office, stopped, free = make_harness(), mail(), mail("p-2", event="pqrs.replied")
    at = office.judging(paused=frozenset({"event:pqrs.received"}))
    return at, await claims_of(office, at, stopped, free), stopped


async def blocked() -> Case:
    office, expired, free = make_harness(), mail(expires_at=MONDAY), mail("p-2")
    at = office.judging()
    return at, await claims_of(office, at, expired, free), expired


async def digest() -> Case:
    office = make_harness()
    waits, free = [
        mail(person, event="admin.circular.issued", purpose=Purpose.SERVICE) for person in ("p-1", "p-2")
    ]
    at = office.judging(catalog=BY_NAME)
    wishes = ContactFacts(preferences=Preferences(digest=DigestPeriod.DAILY))
    claims = [
        replace(one, contact=wishes) if one.message.id == waits.id else one
        for one in await claims_of(office, at, waits, free)
    ]
    return at, claims, waits


async def person_rate() -> Case:
    office, most = make_harness(MemorySms()), POLICY.throttle.person["sms"].count
    texts = [
        mail(channel="sms", contact_id=f"phone-{turn}", purpose=Purpose.SERVICE) for turn in range(most + 1)
    ]
    at = office.judging()
    in_order = sorted(await claims_of(office, at, *texts), key=lambda one: texts.index(by_id(texts, one)))
    return at, in_order, texts[-1]


def by_id(messages: Sequence[Message], one: Claimed) -> Message:
    return next(message for message in messages if message.id == one.message.id)


async def survey_turn() -> Case:
    first, second, other = survey("first"), survey("second"), survey("third", "p-2")
    office = await office_with(first, second, other)
    await office.deliver(first[1])
    at = office.judging()
    return at, await claim(at, second[1], other[1]), second[1]


async def document() -> Case:
    office, waits, free = make_harness(), mail(event="pqrs.responded"), mail("p-2")
    store = OneRequest(request(FetchState.ASKED))
    documents = Documents(
        store=store,
        events=frozenset({"pqrs.responded"}),
        attached=frozenset({"pqrs.responded"}),
        attach_below=1,
    )
    at = office.judging(documents=documents)
    return at, await claims_of(office, at, waits, free), waits


async def excluded() -> Case:
    office = make_harness()
    listed, free = [
        mail(person, purpose=Purpose.COMMERCIAL, address=f"{person}@example.com") for person in ("p-1", "p-2")
    ]
    register = MemoryExclusions((listed.address, "email"), list_date=MONDAY.date())
    at = office.judging(exclusions=register)
    return at, await claims_of(office, at, listed, free), listed


async def repeated() -> Case:
    office = make_harness()
    first, again, other = (
        mail(person, occasion=occasion, name=person, purpose=Purpose.SERVICE)
        for person, occasion in (("p-1", "initial"), ("p-1", "again"), ("p-2", "initial"))
    )
    await office.agreed(first, again, other)
    await office.deliver(first)
    at = office.judging()
    return at, await claim(at, again, other), again


async def contact_limit() -> Case:
    office = make_harness(MemoryEmail(), MemorySms())
    first, second, other = (
        mail(person, occasion=occasion, name=occasion, purpose=Purpose.COLLECTION)
        for person, occasion in (("p-1", "initial"), ("p-1", "again"), ("p-2", "initial"))
    )
    await office.agreed(first, second, other)
    await office.deliver(first)
    at = office.judging()
    return at, await claim(at, second, other), second


CASES: Final[dict[str, tuple[Callable[[], Awaitable[Case]], State, str]]] = {
    "paused": (paused, State.HELD, "paused"),
    "blocked": (blocked, State.EXPIRED, "expired"),
    "digest": (digest, State.HELD, "digest"),
    "person_rate": (person_rate, State.HELD, "throttled"),
    "survey_turn": (survey_turn, State.SUPPRESSED, "asked_lately"),
    "document": (document, State.HELD, "document"),
    "excluded": (excluded, State.SUPPRESSED, "excluded"),
    "repeated": (repeated, State.CANCELLED, "repeated"),
    "contact_limit": (contact_limit, State.HELD, "contact_limit"),
}


def test_document_states_the_rules_in_their_order() -> None:
    stated = [(name.strip("`"), reads) for name, reads, _, _ in rows(ARCHITECTURE, HEADER)]

    assert [(rule.name, rule.reads) for rule in RULES] == stated


def test_each_rule_is_tried_alone_and_its_outcome_stands_in_the_document() -> None:
    stated = {name.strip("`"): decides for name, _, decides, _ in rows(ARCHITECTURE, HEADER)}

    assert list(CASES) == [rule.name for rule in RULES]
    for name, (_, state, reason) in CASES.items():
        assert f"`{state}` `{reason}`" in stated[name]


@pytest.mark.parametrize("name", CASES)
async def test_each_rule_alone_decides_its_own_message_and_leaves_the_others_free(name: str) -> None:
    case, state, reason = CASES[name]
    at, claims, decided = await case()
    outcomes: list[Outcome] = []
    free = await judge(claims, at, outcomes, [BY_RULE[name]])

    assert [(decided.id, state, reason)] == [(one.message_id, one.state, one.reason) for one in outcomes]
    assert [one.message.id for one in claims if one.message.id != decided.id] == ids(free)


@pytest.mark.parametrize("name", CASES)
async def test_each_rule_leaves_nothing_free_of_nothing(name: str) -> None:
    answer = BY_RULE[name].judge([], make_harness().judging())

    assert Judged([]) == (answer if isinstance(answer, Judged) else await answer)


def ids(claims: Sequence[Claimed]) -> list[UUID]:
    return [one.message.id for one in claims]


def refusing(person: str, asked: list[list[str]], **fields: Any) -> Rule:
    """Make a rule that refuses this person's messages, and notes the people whom it judges."""

    def refuse(claims: Sequence[Claimed], _: RuleContext) -> Judged:
        asked.append([one.message.person for one in claims])
        return split(
            claims, [fail_unsent(one, "no") if one.message.person == person else None for one in claims]
        )

    return Rule(name=person, reads="nothing", judge=refuse, **fields)


async def test_each_rule_gets_what_the_ones_before_it_have_left_free() -> None:
    office, asked, outcomes = make_harness(), list[list[str]](), list[Outcome]()
    messages = [mail(person) for person in ("p-1", "p-2", "p-3")]
    at = office.judging()
    claims = await claims_of(office, at, *messages)
    free = await judge(claims, at, outcomes, [refusing("p-2", asked), refusing("p-1", asked)])

    assert [["p-1", "p-2", "p-3"], ["p-1", "p-3"]] == [sorted(people) for people in asked]
    assert [messages[1].id, messages[0].id] == [outcome.message_id for outcome in outcomes]
    assert [messages[2].id] == ids(free)


async def test_no_rule_is_asked_about_a_ticket_without_its_purposes() -> None:
    office, asked, outcomes = make_harness(), list[list[str]](), list[Outcome]()
    at = office.judging()
    claims = await claims_of(office, at, mail())
    rule = refusing("p-1", asked, purposes=frozenset({Purpose.SURVEY}))

    assert (claims, [], []) == (await judge(claims, at, outcomes, [rule]), outcomes, asked)


async def test_worker_that_is_stopped_keeps_what_the_rules_before_have_decided() -> None:
    office, outcomes = make_harness(), list[Outcome]()
    at = office.judging()
    claims = await claims_of(office, at, mail())

    async def stop(_: Sequence[Claimed], __: RuleContext) -> Judged:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await judge(
            claims, at, outcomes, [refusing("p-1", []), Rule(name="stop", reads="nothing", judge=stop)]
        )
    assert ids(claims) == [outcome.message_id for outcome in outcomes]


async def test_message_that_a_rule_has_prepared_is_rendered_once() -> None:
    rendered: list[str] = []

    def render(claimed: Claimed) -> Rendered:
        rendered.append(claimed.message.person)
        return Rendered(text=claimed.message.person)

    office = make_harness()
    notice, receipt = mail(purpose=Purpose.SERVICE), mail("p-2")
    await office.holds(notice, receipt)
    await deliver(
        [notice.id, receipt.id],
        deps=office.deps(render),
        store=office.store,
        publisher=office.publisher,
        appointments=office.appointments,
    )

    assert (["p-1", "p-2"], ["p-1", "p-2"]) == (sorted(rendered), sorted(office.sent()))
