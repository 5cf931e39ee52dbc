"""After an outage the newest step speaks for all, and the acknowledgement of an open case leaves late."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from hub.business_time.opening_hours import DAY
from hub.errors import TransientFailure
from hub.messages.delivery.before_sending import not_blocked
from hub.messages.delivery.decisions import blocking_outcome, failed, leaves_late
from hub.messages.delivery.deliver import deliver
from hub.model import Claimed, Event, Outcome, Rendered, State
from hub.testing import MemoryEmail, SettableClock
from tests.unit.delivery_harness import make_harness
from tests.unit.factories import HOUR, MINUTE, MONDAY, POLICY, SECOND, event, member, somebody
from tests.unit.factories import email as email_of
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_templates import TEMPLATES, context, examples
from tests.unit.timer_harness import take_steps

ROSA = {"name": "Rosa Díaz", "email": "rosa@example.com"}
RECEIVED = event("pqrs.received", {"petitioner": ROSA})


async def after_an_outage(days: int) -> tuple[MemoryHub, list[Event]]:
    """A hub whose timers were away for some days with a petition open; return the events of its steps."""
    hub = memory_hub(MONDAY)
    for level in (1, 2, 3, 4):
        ref = f"p-{level}"
        await hub.take_in(
            somebody(ref, email_of(f"{ref}@example.com")),
            member(ref, "company", "staff", level=level, duty="service" if level == 1 else "management"),
        )
    await hub.take_in(RECEIVED)
    hub.clock.advance(days * DAY)
    return hub, await take_steps(hub)


async def test_petitioner_gets_one_apology_after_an_outage_and_each_level_its_call() -> None:
    hub, steps = await after_an_outage(8)
    escalated = [step for step in steps if step.name == "pqrs.escalated"]
    to_rosa = [message for step in escalated for message in hub.of(step) if message.address == ROSA["email"]]
    levels = {message.person for step in escalated for message in hub.of(step)} - {to_rosa[0].person}

    assert [2, 3, 4] == [step.data["to_level"] for step in escalated][:3]
    assert 1 == len(to_rosa)
    assert "unanswered" == next(step for step in escalated if step.id == to_rosa[0].event_id).data["cause"]
    assert 4 == next(step for step in escalated if step.id == to_rosa[0].event_id).data["to_level"]
    assert {"p-2", "p-3", "p-4"} == levels


async def test_holder_is_not_warned_of_what_has_been_broken_meanwhile() -> None:
    hub, steps = await after_an_outage(8)
    first = {step.name: step for step in steps if step.data.get("clock") == "first_reply"}

    assert [] == hub.of(first["sla.at_risk"])
    assert {"p-1"} == {message.person for message in hub.of(first["sla.breached"])}


async def test_steps_that_fall_due_in_time_are_all_said() -> None:
    hub, steps = await after_an_outage(0)
    for hours in range(1, 24 * 5):
        hub.clock.at = MONDAY + hours * HOUR
        steps += await take_steps(hub)
    causes = [step.data["cause"] for step in steps if step.name == "pqrs.escalated"]

    assert ["unanswered"] * 3 == causes


async def test_older_step_that_waited_is_cancelled_when_a_newer_one_is_there() -> None:
    hub, steps = await after_an_outage(8)
    newest = next(step for step in steps if step.data.get("cause") == "unanswered")
    older = structs.replace(
        newest, id="older", time=newest.time - HOUR, data={**newest.data, "to_level": 3, "from_level": 2}
    )
    await hub.take_in(older)
    [mail] = [message for message in hub.of(older) if message.address == ROSA["email"]]
    [said] = [message for message in hub.of(newest) if message.address == ROSA["email"]]
    token = mail.id
    claimed = {c.message.id: c for c in await hub.store.claim([mail.id, said.id], token=token, lease=MINUTE)}
    soon, later = hub.clock() + MINUTE, hub.clock() + HOUR

    assert (True, False) == (claimed[mail.id].overtaken, claimed[said.id].overtaken)
    assert blocking_outcome(claimed[mail.id], policy=POLICY, now=soon) is None
    assert Outcome(
        message_id=mail.id, state=State.CANCELLED, reason="overtaken", tried=False
    ) == blocking_outcome(claimed[mail.id], policy=POLICY, now=later)


async def acknowledgement(hub: MemoryHub) -> Outcome | None:
    """Claim the mail that acknowledges the petition; return what blocks it now."""
    [mail] = [message for message in hub.of(RECEIVED) if message.channel == "email"]
    [claimed] = await hub.store.claim([mail.id], token=mail.id, lease=MINUTE)
    assert claimed.message.expires_at is not None
    assert claimed.message.expires_at < hub.clock()
    return blocking_outcome(claimed, policy=POLICY, now=hub.clock())


async def test_acknowledgement_of_an_open_case_leaves_after_it_has_expired() -> None:
    hub, _ = await after_an_outage(8)

    assert await acknowledgement(hub) is None


async def test_acknowledgement_is_late_from_the_instant_at_which_it_expires() -> None:
    hub, _ = await after_an_outage(8)
    [mail] = [message for message in hub.of(RECEIVED) if message.channel == "email"]
    claims = await hub.store.claim([mail.id], token=mail.id, lease=MINUTE)
    assert mail.expires_at is not None
    instants = mail.expires_at - SECOND, mail.expires_at
    offices = [replace(make_harness(), store=hub.store, clock=SettableClock(at)) for at in instants]
    free = [not_blocked(claims, office.judging()).free for office in offices]

    assert [[False], [True]] == [[claim.late for claim in claims] for claims in free]


async def test_acknowledgement_of_a_closed_case_expires() -> None:
    hub, _ = await after_an_outage(8)
    ended = {"pqrs_id": RECEIVED.data["pqrs_id"]}
    await hub.take_in(event("pqrs.responded", ended, at=hub.clock(), without=("petitioner",)))
    blocked = await acknowledgement(hub)

    assert blocked is not None
    assert (State.EXPIRED, "expired") == (blocked.state, blocked.reason)


async def test_acknowledgement_is_tried_again_while_the_provider_is_away_longer_than_its_life() -> None:
    hub, _ = await after_an_outage(8)
    [mail] = [message for message in hub.of(RECEIVED) if message.channel == "email"]
    [claimed] = await hub.store.claim([mail.id], token=mail.id, lease=MINUTE)
    now = hub.clock()
    outcome = failed(claimed, TransientFailure("unavailable"), now, now, policy=POLICY, chance=0.5)

    assert leaves_late(claimed)
    assert State.RETRYING is outcome.state


def test_late_acknowledgement_says_so_and_promises_no_day_that_has_passed() -> None:
    told = context("pqrs.received", examples("pqrs.received")[0])
    told = replace(told, late=True, leaves=max((told.due or {}).values()))
    text = TEMPLATES.render("pqrs.received", "email", told, variant=None).text

    assert "debió llegarle antes" in text
    assert "lo antes posible" in text
    assert "en máximo" not in text


async def test_late_acknowledgement_is_sent_with_a_text_that_knows_it() -> None:
    hub, _ = await after_an_outage(8)
    [mail] = [message for message in hub.of(RECEIVED) if message.channel == "email"]
    office = replace(make_harness(MemoryEmail()), store=hub.store, clock=hub.clock)

    def rendered(claimed: Claimed) -> Rendered:
        return Rendered(text=f"late={claimed.late} due={sorted(claimed.due)}")

    await deliver(
        [mail.id],
        deps=office.deps(rendered),
        store=hub.store,
        publisher=hub.publisher,
        appointments=hub.appointments,
    )

    assert ["late=True due=['first_reply', 'legal_term']"] == [
        out.rendered.text for out in office.channels["email"].sent
    ]
    assert State.SENT is hub.store.message(mail.id).state
