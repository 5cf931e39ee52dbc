"""A communication that leaves is paused, goes on, is cancelled, pauses itself, and keeps its last count."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Final

import pytest
from msgspec.structs import replace

from hub.desk.channels.queries import pause
from hub.desk.communications import acts, people, reached, reading, stopping
from hub.desk.communications.rows import (
    CancelCommunicationBody,
    CommunicationPeopleQuery,
    CommunicationRecallBody,
    CommunicationWhole,
    ElsewhereBody,
    PauseCommunicationBody,
)
from hub.errors import OtherState
from hub.messages.delivery.pausing import Pauses
from hub.model import Event, Scope
from hub.model.communications import CALLED, CommunicationState, part_id
from hub.operations.communications.progress import Progress
from hub.operations.communications.work import CommunicationMonitor, failing
from hub.people.masking import mask_name
from hub.ports import Ticket
from hub.storage import PostgresPauses
from hub.storage.communication_progress import Delivered
from hub.storage.communications import Move
from tests.doubled import with_doubles
from tests.integration.test_communications import BOTH, Desk, desk
from tests.unit.factories import POLICY, device, email, event, member, somebody

__all__ = ["desk"]

PAUSE: Final = PauseCommunicationBody(reason="El proveedor está caído.")
CANCEL: Final = CancelCommunicationBody(why="wrong")


@pytest.fixture(autouse=True)
def seen_at_once(desk: Desk) -> None:
    """A pause is seen at the next message, not a second later."""
    ticks = count(step=10)
    pauses = Pauses(PostgresPauses(desk.by.db), clock=lambda: next(ticks))
    desk.office.deps = dataclasses.replace(desk.office.deps, pauses=pauses)


async def sent(desk: Desk, *to: str) -> CommunicationWhole:
    whole = await desk.made(*(to or BOTH))
    await desk.send(whole)
    return whole


async def whole_of(desk: Desk, whole: CommunicationWhole) -> CommunicationWhole:
    return await acts.show_communication(desk.by, whole.row.id)


async def test_its_end_is_expected_while_it_leaves_and_not_while_it_stands(desk: Desk) -> None:
    whole = await sent(desk)
    await desk.publish()
    lawful = desk.office.clock() + timedelta(hours=9)
    await desk.by.db.rows("UPDATE message SET state = 'held', next_at = $1 WHERE person = 'p-two'", lawful)
    leaving = await progress_of(desk, whole)
    await stopping.pause_communication(desk.by, whole.row.id, PAUSE)

    assert [lawful, None] == [leaving.expected_at, (await progress_of(desk, whole)).expected_at]


async def progress_of(desk: Desk, whole: CommunicationWhole) -> Progress:
    progress = (await whole_of(desk, whole)).progress
    assert progress is not None
    return progress


async def states(desk: Desk, of: CommunicationWhole) -> Mapping[tuple[str, str | None], int]:
    rows = await desk.by.db.rows(
        "SELECT state, reason, count(*) AS n FROM message WHERE starts_with(event_id, $1) GROUP BY 1, 2",
        f"communication:{of.row.id}:",
    )
    return {(row["state"], row["reason"]): row["n"] for row in rows}


async def published(desk: Desk) -> list[Event]:
    """Let the timers publish; what they publish is still on its way to intake."""
    before = len(desk.publisher.events)
    while await desk.work.publish_next():
        pass
    return list(desk.publisher.events[before:])


async def test_what_is_planned_after_a_pause_is_held_and_no_other_message_is(desk: Desk) -> None:
    whole, other = await sent(desk), await sent(desk, "owners@copropiedad:ph-b")
    parts = await published(desk)
    await stopping.pause_communication(desk.by, whole.row.id, PAUSE)
    await desk.office.take_in(*parts)
    await desk.office.deliver()
    await desk.work.watch()
    paused = await whole_of(desk, whole)

    assert {("held", "paused")} == set(await states(desk, whole))
    assert {"sent", "waiting"} == {state for state, _ in await states(desk, other)}
    assert (CommunicationState.PAUSED, PAUSE.reason) == (paused.row.state, paused.pause and paused.pause.why)

    await stopping.resume_communication(desk.by, whole.row.id)
    desk.office.publisher.published += desk.publisher.published
    await desk.office.deliver()
    await desk.work.watch()

    assert {"sent", "waiting"} == {state for state, _ in await states(desk, whole)}
    assert CommunicationState.DONE == (await whole_of(desk, whole)).row.state


async def test_what_a_dead_process_has_not_released_leaves_at_the_next_look(desk: Desk) -> None:
    whole = await sent(desk)
    parts = await published(desk)
    await stopping.pause_communication(desk.by, whole.row.id, PAUSE)
    await desk.office.take_in(*parts)
    await desk.office.deliver()
    await desk.by.stores.communications.move(
        whole.row.id, Move(to=CommunicationState.RUNNING, at=desk.by.now)
    )  # the process died after this
    await desk.work.watch()
    desk.office.publisher.published += desk.publisher.published
    await desk.office.deliver()

    assert {"sent", "waiting"} == {state for state, _ in await states(desk, whole)}


class CountedPauses(PostgresPauses):
    """Those of PostgreSQL; `searched` is how often the held messages were searched for some to release."""

    searched = 0

    async def release_resumed(self, limit: int) -> Sequence[Ticket]:
        self.searched += 1
        return await super().release_resumed(limit)


async def test_a_look_does_not_search_what_another_pause_holds(desk: Desk) -> None:
    whole = await sent(desk)
    parts = await published(desk)
    for channel in ("email", "inbox"):
        await pause(desk.by.db, f"channel:{channel}", reason="", by="account:ana")
    await desk.office.take_in(*parts)
    await desk.office.deliver()
    pauses, stores = CountedPauses(desk.by.db), desk.by.stores
    monitor = CommunicationMonitor(
        store=stores.communications, pauses=pauses, publisher=desk.publisher, now=stores.now
    )
    await monitor.look()
    stood = pauses.searched, set(await states(desk, whole))
    await desk.by.db.rows("DELETE FROM pause")
    await monitor.look()

    assert (0, {("held", "paused")}) == stood
    assert {("queued", None)} == set(await states(desk, whole))


async def test_a_paused_one_publishes_nothing_and_is_not_started_a_second_time(desk: Desk) -> None:
    whole = await sent(desk)
    await stopping.pause_communication(desk.by, whole.row.id, PAUSE)
    assert [] == await published(desk)
    with pytest.raises(OtherState):
        await desk.send(whole)
    assert [] == await published(desk)
    await stopping.resume_communication(desk.by, whole.row.id)
    again = await stopping.resume_communication(desk.by, whole.row.id)

    assert not again.changed
    assert 1 == len(await published(desk))


async def test_a_cancelled_page_that_comes_late_never_leaves(desk: Desk) -> None:
    whole = await sent(desk)
    parts = await published(desk)
    question = await stopping.ask_cancel(desk.by, whole.row.id)
    await stopping.cancel_communication(desk.by, whole.row.id, CANCEL)
    await desk.work.watch()
    late = (await whole_of(desk, whole)).row.state
    await desk.office.take_in(*parts)
    await desk.office.deliver()
    await desk.work.watch()
    await desk.office.deliver()
    over = await whole_of(desk, whole)
    audited = await desk.by.db.rows("SELECT detail FROM audit WHERE action = 'communication.cancel'")

    assert {"Personas": 3, "No les llegará": 3} == {name: n for name, n in question.facts.items() if n}
    assert (CommunicationState.CANCELLING, CommunicationState.CANCELLED) == (late, over.row.state)
    assert {("cancelled", "withdrawn")} == set(await states(desk, whole))
    assert [] == desk.office.email.sent
    assert [] == await desk.by.db.rows("SELECT FROM pause")
    assert ["wrong"] == [row["detail"]["why"] for row in audited]
    with pytest.raises(OtherState):
        await stopping.resume_communication(desk.by, whole.row.id)


async def test_a_part_that_a_dead_process_has_published_reaches_nobody_after_a_cancel(desk: Desk) -> None:
    whole = await sent(desk)
    (part,) = await desk.die_after_publishing()
    await stopping.cancel_communication(desk.by, whole.row.id, CANCEL)
    await desk.watched()
    await desk.office.take_in(part)
    await desk.office.deliver()

    assert CommunicationState.CANCELLED == (await whole_of(desk, whole)).row.state
    assert [] == desk.office.email.sent


async def test_a_part_that_came_in_unmarked_is_cancelled_as_any_other(desk: Desk) -> None:
    whole = await sent(desk)
    await desk.office.take_in(*await desk.die_after_publishing())
    await stopping.cancel_communication(desk.by, whole.row.id, CANCEL)
    await desk.watched()

    assert CommunicationState.CANCELLED == (await whole_of(desk, whole)).row.state
    assert {("cancelled", "withdrawn")} == set(await states(desk, whole))


@pytest.mark.parametrize("paused", [True, False])
async def test_nothing_leaves_between_a_recall_and_its_arrival(desk: Desk, *, paused: bool) -> None:
    whole = await sent(desk)
    await desk.publish()
    if paused:
        await stopping.pause_communication(desk.by, whole.row.id, PAUSE)
    body = CommunicationRecallBody(reason="No era.", no_correction="Nadie la recibió.")
    await stopping.recall_communication(desk.by, whole.row.id, body)
    await desk.office.deliver()
    held = set(await states(desk, whole))
    await desk.watched()

    assert {("held", "paused")} == held
    assert {("cancelled", "recalled")} == set(await states(desk, whole))
    assert [] == await desk.by.db.rows("SELECT FROM pause")


async def test_what_was_sent_before_a_cancel_gets_no_next_step(desk: Desk) -> None:
    whole = await sent(desk)
    await desk.publish()
    await desk.by.db.rows(
        """UPDATE message SET state = 'sent', patience = '1 hour', next_at = now() + interval '1 hour',
           fallback = '[[{"channel": "sms", "contact_id": "c", "address": "+573001112233"}]]'"""
    )
    await desk.work.watch()
    running = (await whole_of(desk, whole)).row.state
    await stopping.cancel_communication(desk.by, whole.row.id, CANCEL)
    await desk.work.watch()
    rows = await desk.by.db.rows("SELECT DISTINCT state, fallback, patience, next_at FROM message")

    assert CommunicationState.RUNNING == running
    assert [("sent", None, None, None)] == [tuple(row) for row in rows]
    assert CommunicationState.CANCELLED == (await whole_of(desk, whole)).row.state


async def test_an_inbox_beside_a_sent_mail_does_not_keep_it_running(desk: Desk) -> None:
    """The inbox waits for its reader, and the letter for the inbox; but the mail was accepted."""
    whole = await sent(desk, "person:p-tenant")
    await desk.publish()
    await desk.office.deliver()
    await desk.by.db.rows(
        """UPDATE message SET fallback = '[[{"channel": "print", "contact_id": "print", "address": "x"}]]',
               next_at = CASE WHEN state = 'waiting' THEN now() + interval '4 hours' END"""
    )
    await desk.work.watch()

    assert CommunicationState.DONE == (await whole_of(desk, whole)).row.state


def found(state: str, reason: str, n: int) -> Delivered:
    return Delivered(channel="email", state=state, reason=reason, n=n)


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        ([found("sent", "", 95), found("failed", "http_500", 5)], "http_500"),
        (
            [found("delivered", "", 95), found("bounced", "http_500", 3), found("failed", "http_500", 2)],
            "http_500",
        ),
        ([found("sent", "", 95), found("failed", "http_500", 3), found("failed", "smtp_550", 2)], None),
        ([found("sent", "", 94), found("failed", "http_500", 5)], None),
        ([found("sent", "", 101), found("failed", "http_500", 5)], None),
        ([found("sent", "", 95), found("suppressed", "no_contact", 90), found("queued", "", 9)], None),
    ],
    ids=["five", "of two states", "two causes", "too few", "too small a share", "known before"],
)
def test_it_pauses_at_five_of_a_hundred_for_one_cause_and_not_for_two(
    rows: list[Delivered], cause: str | None
) -> None:
    assert cause == failing(rows)


def test_who_resumed_it_after_one_cause_is_told_of_another_once() -> None:
    rows = [found("sent", "", 60), found("failed", "http_500", 25), found("bounced", "smtp_550", 15)]
    known = [(), ("http_500",), ("smtp_550", "http_500")]

    assert ["http_500", "smtp_550", None] == [failing(rows, causes) for causes in known]


async def test_it_pauses_itself_once_for_a_cause_and_calls_its_maker(desk: Desk) -> None:
    await desk.office.take_in(
        *(somebody(f"p-{n}", email(f"{n}@example.com")) for n in range(100)),
        *(member(f"p-{n}", "unit:b1", "resident") for n in range(100)),
    )
    alone = replace(POLICY, review=replace(POLICY.review, over=1000))
    desk.by = dataclasses.replace(desk.by, stores=with_doubles(desk.by.stores, policy=alone))
    whole = await desk.made("residents@copropiedad:ph-b")
    await desk.send(whole)
    await desk.publish()
    await desk.by.db.rows("UPDATE message SET state = 'sent'")
    await desk.by.db.rows(
        """UPDATE message SET state = 'failed', reason = 'smtp_550'
           WHERE channel = 'email' AND person IN (SELECT 'p-' || n FROM generate_series(1, 30) AS n)"""
    )
    await desk.by.db.rows("UPDATE message SET state = 'queued' WHERE person = 'p-99'")
    await desk.work.watch()
    await desk.work.watch()
    paused = await whole_of(desk, whole)
    calls = [one for one in desk.publisher.events if one.name == CALLED]
    await stopping.resume_communication(desk.by, whole.row.id)
    await desk.work.watch()
    running = await whole_of(desk, whole)
    # Another cause; and the event of another system, which only its reviewers stop, ends nevertheless.
    await desk.by.db.rows(
        """UPDATE message SET state = 'failed', reason = 'http_500'
           WHERE channel = 'email' AND person IN (SELECT 'p-' || n FROM generate_series(31, 50) AS n)"""
    )
    await desk.work.watch()
    other = await whole_of(desk, whole)
    await stopping.resume_communication(desk.by, whole.row.id)
    await desk.by.db.rows("UPDATE communication SET origin = 'event', cause = NULL")
    await desk.by.db.rows("UPDATE message SET state = 'sent', fallback = NULL WHERE state = 'queued'")
    await desk.work.watch()

    assert (CommunicationState.PAUSED, "failing") == (paused.row.state, paused.row.why)
    assert paused.pause is not None
    assert ("hub", "El servidor de correo rechazó la dirección") == (paused.pause.by, paused.pause.why)
    # Told at each look for a while, as the same event: intake drops the second.
    assert calls[0] == calls[1]
    assert ("ops", "paused", "smtp_550") == tuple(
        calls[0].data[name] for name in ("reader", "about", "cause")
    )
    assert CommunicationState.RUNNING == running.row.state
    assert other.pause is not None
    assert paused.pause.why != other.pause.why
    assert CommunicationState.DONE == (await whole_of(desk, whole)).row.state


async def test_a_part_that_intake_refuses_is_for_nobody_and_does_not_keep_it_running(desk: Desk) -> None:
    whole = await sent(desk, *BOTH, "owners@copropiedad:ph-b", "residents@copropiedad:ph-b")
    (first, _) = await published(desk)
    await desk.office.take_in(first)
    await desk.office.deliver()
    values = part_id(whole.row.id, 1), "urn:hub"
    letter = """
        INSERT INTO dead_letter (
            id, received_at, reason, routing_key, headers, body, event_id, source, wrong_sender
        ) VALUES (gen_random_uuid(), now(), 'data', '', '{}', '', $1, $2, $3)"""
    await desk.by.db.rows(letter, *values, True)
    await desk.work.watch()
    waiting = (await whole_of(desk, whole)).row.state
    await desk.by.db.rows(letter, *values, False)
    await desk.work.watch()
    over = await whole_of(desk, whole)

    assert CommunicationState.RUNNING == waiting
    assert CommunicationState.DONE == over.row.state
    assert over.progress is not None
    assert (2, 1, 1, 1) == (
        over.progress.published, over.progress.planned, over.progress.dead, over.progress.unplanned
    )  # fmt: skip


async def test_the_last_count_stays_when_its_messages_are_forgotten(desk: Desk) -> None:
    whole = await sent(desk)
    await desk.publish()
    await desk.office.deliver()
    await desk.work.watch()
    before = await progress_of(desk, whole)
    await desk.by.db.rows("DELETE FROM message")
    await desk.by.db.rows("DELETE FROM event WHERE starts_with(id, 'communication:')")

    assert before.sent
    assert before == await progress_of(desk, whole)


async def test_reminders_do_not_keep_it_running_and_are_cancelled_with_it(desk: Desk) -> None:
    one, other = await sent(desk), await sent(desk, "owners@copropiedad:ph-b")
    await desk.publish()
    await desk.office.deliver()
    await desk.by.db.rows(
        """UPDATE message SET state = 'held', reason = 'scheduled', occasion = 'reminder'
           WHERE channel = 'email'"""
    )
    await stopping.cancel_communication(desk.by, one.row.id, CANCEL)
    await desk.work.watch()

    assert {("cancelled", "withdrawn"), ("waiting", None)} == set(await states(desk, one))
    assert {("held", "scheduled"), ("waiting", None)} == set(await states(desk, other))
    assert CommunicationState.DONE == (await whole_of(desk, other)).row.state


async def test_another_systems_event_with_such_an_id_is_not_held(desk: Desk) -> None:
    whole = await sent(desk)
    await stopping.pause_communication(desk.by, whole.row.id, PAUSE)
    petitioner = {"name": "Pedro Gómez", "email": "pedro@example.com"}
    named = part_id(whole.row.id, 0)
    await desk.office.take_in(
        event("pqrs.received", {"petitioner": petitioner}, id=named, source="urn:crm"),
        event("pqrs.received", {"petitioner": petitioner}, id=f"{named}0", source="urn:hub"),
    )
    await desk.office.deliver()
    rows = await desk.by.db.rows("SELECT DISTINCT event_id, state FROM message WHERE channel = 'email'")

    assert {(named, "sent"), (f"{named}0", "held")} == {tuple(row) for row in rows}


async def test_elsewhere_reaches_only_those_who_were_not_reached_and_twice_is_once(desk: Desk) -> None:
    """The mail of two has failed, one of them has a telephone since, and p-out got the mail."""
    await desk.office.take_in(
        somebody("p-out", email("out@example.com"), device("t-out")), member("p-out", "unit:a2", "tenant")
    )
    traits = {name: channel.traits for name, channel in desk.office.channels.items()}
    vars(desk.by.stores)["traits"] = lambda: traits
    whole = await sent(desk)
    await desk.publish()
    await desk.office.deliver()
    await desk.by.db.rows(
        """UPDATE message SET state = 'failed', reason = 'smtp_550'
           WHERE channel = 'email' AND person IN ('p-two', 'p-tenant')"""
    )
    await desk.office.take_in(somebody("p-two", email("two@example.com"), device("t-two"), version=2))
    await desk.work.watch()
    over = await whole_of(desk, whole)
    lost = await reached.list_reached(desk.by, whole.row.id, CommunicationPeopleQuery(fate="unread"))
    body = ElsewhereBody(channel="push")
    first = await reached.send_elsewhere(desk.by, whole.row.id, body)
    again = await reached.send_elsewhere(desk.by, whole.row.id, body)
    running = await whole_of(desk, whole)
    desk.office.publisher.published += desk.publisher.published
    await desk.office.deliver()
    await desk.work.watch()
    pushed = await desk.by.db.rows("SELECT person, state FROM message WHERE channel = 'push' ORDER BY 1")
    question = await reached.ask_elsewhere(desk.by, whole.row.id)

    assert ["p-mute", "p-tenant", "p-two"] == [one.person for one in lost.items]
    assert (1, {"no_contact": 2}) == (first.people, first.skipped)
    assert (0, {"no_contact": 2}) == (again.people, again.skipped)
    came = [one.row.state for one in (over, running, await whole_of(desk, whole))]
    assert [CommunicationState.DONE, CommunicationState.RUNNING, CommunicationState.DONE] == came
    assert [("p-out", "sent"), ("p-two", "sent")] == [tuple(row) for row in pushed]
    assert [] == await desk.by.db.rows("SELECT FROM clock")
    # A circular has no words for a text message, and nobody has chosen WhatsApp for it.
    price = "$\N{NO-BREAK SPACE}0"
    options = [("email", f"Correo: 1 persona, {price}"), ("push", f"Notificación móvil: 2 personas, {price}")]
    assert options == question.fields[0]["options"]


async def test_elsewhere_tells_nobody_whom_the_next_step_will_tell(desk: Desk) -> None:
    """The inbox waits four hours for its reader, and then a letter is printed: that is no second way."""
    traits = {name: channel.traits for name, channel in desk.office.channels.items()}
    vars(desk.by.stores)["traits"] = lambda: traits
    whole = await sent(desk, "person:p-mute")
    await desk.publish()
    await desk.office.deliver()
    await desk.office.take_in(somebody("p-mute", device("t-mute"), version=2))
    later = """
        UPDATE message SET fallback = '[[{"channel": "print", "contact_id": "print", "address": "x"}]]',
               next_at = now() + make_interval(hours => $1)"""
    came = []
    for hours in (4, None):
        await desk.by.db.rows(later, hours)
        came.append(await reached.send_elsewhere(desk.by, whole.row.id, ElsewhereBody(channel="push")))

    assert [0, 1] == [one.people for one in came]


async def test_a_kind_that_nobody_is_offered_has_its_cost_and_goes_elsewhere(desk: Desk) -> None:
    """Another system has published it, and it was held until somebody released it."""
    traits = {name: channel.traits for name, channel in desk.office.channels.items()}
    vars(desk.by.stores)["traits"] = lambda: traits
    whole = await sent(desk, "person:p-two")
    await desk.publish()
    await desk.office.deliver()
    await desk.by.db.rows("UPDATE communication SET kind = 'concierge.incident.reported'")
    await desk.by.db.rows("UPDATE message SET event = 'concierge.incident.reported', state = 'failed'")
    await desk.office.take_in(somebody("p-two", device("t-two"), version=2))
    spent = await people.cost_communication(desk.by, whole.row.id)
    done = await reached.send_elsewhere(desk.by, whole.row.id, ElsewhereBody(channel="push"))
    page = await whole_of(desk, whole)

    assert (0, 1) == (spent.unknown, done.people)
    assert ["p-two"] == [ref for ref, _ in await reading.readers_of(desk.by, page)]
    assert "email" in reading.channels_of(page)


async def test_sheet_says_who_was_not_reached_and_why(desk: Desk) -> None:
    whole = await sent(desk)
    await desk.publish()
    await desk.by.db.rows("UPDATE message SET state = 'failed', reason = 'smtp_550'")
    file = await reached.sheet_of_lost(desk.by, whole.row.id)
    page = await reached.list_reached(desk.by, whole.row.id, CommunicationPeopleQuery(fate="lost", limit=2))
    reader = dataclasses.replace(desk.by, reach={Scope.READ: None}, needs=frozenset({Scope.READ}))
    masked = await reached.list_reached(reader, whole.row.id, CommunicationPeopleQuery(limit=1))

    lines = file.content.decode("utf-8-sig").splitlines()
    assert 4 == len(lines)
    assert "El servidor de correo rechazó la dirección" in lines[1]
    assert (["p-mute", "p-tenant"], "p-tenant") == ([one.person for one in page.items], page.next)
    assert masked.items[0].name == mask_name(page.items[0].name) != page.items[0].name
