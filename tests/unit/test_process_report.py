"""Reports by mail: the acts of the hub on its own, and those that a person must confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from hub.channels.email.verdicts import GONE
from hub.errors import BrokerUnavailable
from hub.inbound import process_report
from hub.inbound.confirm_bounce import confirm, dismiss
from hub.inbound.process_report import BAD_ADDRESS, BOUNCE_AGE, COMPLAINT_AGE
from hub.model import (
    Attempt,
    BounceReport,
    Complaint,
    InvalidContact,
    Loss,
    Message,
    PropertyScope,
    Purpose,
    Receipt,
    SentMail,
    State,
    StoredEvent,
    Target,
)
from hub.model.state_machine import may
from hub.testing import MemoryPublisher, MemoryStore, SettableClock
from tests.actors import actor
from tests.unit.factories import HOUR, MONDAY, POLICY, SCHEMAS, SECOND, event, message, stored

MARIA: Final = "maria@example.co"
LETTER: Final = Target(channel="print", contact_id="print", address="p-1")
ANSWER: Final = stored(event("pqrs.responded"))
NOTICE: Final = stored(event("pqrs.received"))


@dataclass
class Mail:
    """`ReportStore` with one mail that was sent on Monday."""

    message: Message
    event: StoredEvent
    at: datetime | None = MONDAY
    suppressed: list[str] = field(default_factory=list)
    until: list[datetime | None] = field(default_factory=list)

    async def sent(self, message_id: UUID, places: PropertyScope = None) -> SentMail | None:
        there = message_id == self.message.id and places is None
        return SentMail(message=self.message, event=self.event, at=self.at) if there else None

    async def doubt(self, message_id: UUID, *, reason: str, until: datetime) -> bool:
        assert message_id == self.message.id
        if self.message.state is not State.SENT or self.message.reason is not None:
            return False
        self.message = structs.replace(self.message, reason=reason, next_at=until)
        return True

    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt) -> bool:
        assert message_id == self.message.id == attempt.message_id
        if may(self.message.state, state):
            self.message = structs.replace(self.message, state=state, reason=reason, next_at=None)
        return True

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        self.suppressed += [each.reason for each in gone]
        self.until += [each.until for each in gone]

    async def message_of(self, provider: str, reference: str) -> UUID | None:
        raise NotImplementedError

    async def keep_early(self, receipt: Receipt) -> None:
        raise NotImplementedError


def notice(**fields: Any) -> Mail:
    """A mail whose loss moves no clock."""
    return Mail(_mail(NOTICE, fields), NOTICE)


def answer(**fields: Any) -> Mail:
    """The answer to a PQRS: its loss reopens the legal term."""
    return Mail(_mail(ANSWER, {"purpose": Purpose.LEGAL, "fallback": ((LETTER,),), **fields}), ANSWER)


def _mail(of: StoredEvent, fields: dict[str, Any]) -> Message:
    about = {"event_key": of.key, "event_id": of.event.id, "event": of.event.name}
    return message(**{"state": State.SENT, "address": MARIA, **about, **fields})


def loss(*recipients: str, status: str = "5.1.1") -> Loss:
    return Loss(recipients=frozenset(recipients), status=status, code="550")


async def reported(
    mail: Mail, *losses: Loss, after: timedelta = HOUR, publisher: MemoryPublisher | None = None
) -> str:
    """Bring a report; return what became of it."""
    report = BounceReport(message_id=mail.message.id, losses=losses or (loss(MARIA),), at=MONDAY + after)
    return await process_report.take_bounce(
        report,
        store=mail,
        publisher=publisher or MemoryPublisher(),
        confirm_by=POLICY.confirm_bounce_by,
        lasts=None,
        now=MONDAY + after,
    )


@pytest.mark.parametrize(
    "status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.2.1", "5.2.2", "5.7.1", "4.4.7", ""]
)
async def test_a_report_loses_the_mail_and_suppresses_only_bad_addresses(status: str) -> None:
    mail = notice()

    assert "bounce" == await reported(mail, loss(MARIA, status=status))
    reason = f"dsn_{status or 'failed'}"
    assert (State.BOUNCED, reason) == (mail.message.state, mail.message.reason)
    assert ([reason] if status in BAD_ADDRESS else []) == mail.suppressed


async def test_report_suppresses_for_a_month() -> None:
    mail = notice()
    await reported(mail)

    assert [MONDAY + HOUR + timedelta(days=30)] == mail.until


def test_only_a_bad_address_may_be_suppressed_by_a_report() -> None:
    assert GONE - BAD_ADDRESS == {"5.2.1"}


@pytest.mark.parametrize("written", ["MARIA@Example.CO", "maria@example.co"])
async def test_the_address_is_compared_however_it_is_written(written: str) -> None:
    assert "bounce" == await reported(notice(address=written))


@pytest.mark.parametrize("mail", [notice(), answer()])
@pytest.mark.parametrize(
    ("losses", "after", "became"),
    [
        ((loss("victima@example.co"),), HOUR, "another_recipient"),
        ((loss("victima@example.co"), loss()), HOUR, "another_recipient"),
        ((loss(MARIA),), BOUNCE_AGE + SECOND, "too_old"),
    ],
)
async def test_a_report_that_does_not_fit_the_mail_changes_nothing(
    mail: Mail, losses: tuple[Loss, ...], after: timedelta, became: str
) -> None:
    publisher, before = MemoryPublisher(), mail.message

    assert became == await reported(mail, *losses, after=after, publisher=publisher)
    assert (before, [], []) == (mail.message, mail.suppressed, publisher.events)


@pytest.mark.parametrize(
    "state", sorted(set(State) - {State.SENT, State.SENDING, State.DELIVERED, State.BOUNCED})
)
async def test_a_report_of_a_mail_that_was_not_sent_changes_nothing(state: State) -> None:
    mail = notice(state=state)

    assert "not_sent" == await reported(mail)
    assert (state, []) == (mail.message.state, mail.suppressed)


async def test_a_report_that_names_nobody_is_no_more_than_a_hint() -> None:
    mail = notice()

    assert "unnamed" == await reported(mail, loss())
    assert (State.SENT, []) == (mail.message.state, mail.suppressed)


async def test_a_report_of_an_unknown_mail_changes_nothing() -> None:
    report = BounceReport(message_id=UUID(int=1), losses=(loss(MARIA),), at=MONDAY)
    became = await process_report.take_bounce(
        report,
        store=notice(),
        publisher=MemoryPublisher(),
        confirm_by=POLICY.confirm_bounce_by,
        lasts=None,
        now=MONDAY,
    )

    assert "unknown" == became


@pytest.mark.parametrize("named", [loss(MARIA), loss()])
async def test_a_lost_answer_is_asked_about_and_moves_nothing(named: Loss) -> None:
    mail, publisher = answer(), MemoryPublisher()

    assert "bounce_to_confirm" == await reported(mail, named, publisher=publisher)
    [question] = publisher.events
    SCHEMAS.check(question, now=MONDAY + HOUR)
    assert ("notification.bounce_reported", str(mail.message.id)) == (
        question.name,
        question.data["message_id"],
    )
    assert (State.SENT, "reported_dsn_5.1.1", []) == (
        mail.message.state,
        mail.message.reason,
        mail.suppressed,
    )
    # One hour later than 08:05, and eight hours of work after that: the next morning.
    assert MONDAY + 24 * HOUR == mail.message.next_at == datetime.fromisoformat(question.data["confirm_by"])


async def test_a_repeated_report_asks_once_and_prolongs_nothing() -> None:
    mail, publisher = answer(), MemoryPublisher()
    await reported(mail, publisher=publisher)
    until = mail.message.next_at
    await reported(mail, after=3 * HOUR, publisher=publisher)

    assert 1 == len({question.id for question in publisher.events})
    assert until == mail.message.next_at


async def test_without_a_broker_the_report_comes_again() -> None:
    mail, publisher = answer(), MemoryPublisher()
    publisher.faults.script("event", BrokerUnavailable())
    with pytest.raises(BrokerUnavailable):
        await reported(mail, publisher=publisher)

    assert mail.message.reason is None
    assert "bounce_to_confirm" == await reported(mail, publisher=publisher)


async def test_an_answer_with_another_electronic_way_left_is_not_asked_about() -> None:
    text = Target(channel="sms", contact_id="cp", address="+573001234567")
    mail = answer(fallback=((text,), (LETTER,)))

    assert "bounce" == await reported(mail)


async def test_a_confirmed_loss_is_a_bounce() -> None:
    mail = answer()
    await reported(mail)

    assert await confirm(actor(now=MONDAY), mail.message.id, store=mail)
    assert (State.BOUNCED, "dsn_5.1.1") == (mail.message.state, mail.message.reason)
    assert ["dsn_5.1.1"] == mail.suppressed


async def test_a_dismissed_report_leaves_the_mail_delivered_and_is_not_believed_again() -> None:
    mail = answer()
    await reported(mail)

    assert await dismiss(actor(now=MONDAY), mail.message.id, store=mail)
    assert "not_sent" == await reported(mail)
    assert (State.DELIVERED, None, []) == (mail.message.state, mail.message.next_at, mail.suppressed)


async def test_what_nobody_reports_cannot_be_confirmed() -> None:
    mail = answer()

    assert [False, False] == [
        await decide(actor(now=MONDAY), mail.message.id, store=mail) for decide in DECIDE
    ]
    assert [None, None] == [await decide(actor(now=MONDAY), UUID(int=1), store=mail) for decide in DECIDE]
    assert State.SENT is mail.message.state


DECIDE: Final = (confirm, dismiss)


@pytest.mark.parametrize(
    ("recipients", "after", "became"),
    [
        ({MARIA}, COMPLAINT_AGE, "complaint"),
        ({MARIA}, COMPLAINT_AGE + SECOND, "too_old"),
        ({"victima@example.co"}, HOUR, "another_recipient"),
        (set(), HOUR, "unnamed"),
    ],
)
async def test_a_complaint_counts_only_for_the_mails_own_recipient(
    recipients: set[str], after: timedelta, became: str
) -> None:
    mail, store = notice(), MemoryStore(SettableClock(MONDAY))
    complaint = Complaint(
        channel="email",
        provider="smtp",
        message_id=mail.message.id,
        kind="abuse",
        at=MONDAY + after,
        recipients=frozenset(recipients),
    )

    found = await process_report.take_feedback(complaint, store=mail, replies=store, now=MONDAY + after)
    assert (became, became == "complaint") == (found, bool(store.tables.replies))


async def test_no_address_of_a_report_is_logged() -> None:
    with capture_logs() as logs:
        for mail in (notice(), answer()):
            await reported(mail, loss("victima@example.co"))
            await reported(mail)

    assert "another_recipient" in str(logs)
    assert not any(address in str(logs) for address in (MARIA, "victima@example.co"))
