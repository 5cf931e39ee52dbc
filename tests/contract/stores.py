"""The stores under test, behind their ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import asdict

from hub.catalog import BY_NAME
from hub.model import Claimed, Clock, DeadLetter, Event, Message, StoredEvent
from hub.model.message_rows import ShownMessage
from hub.policy import load_policy
from hub.ports import (
    AccountStore,
    AuditStore,
    DeliveryStore,
    IntakeStore,
    KeyStore,
    PauseStore,
    SecondFactorStore,
    SessionStore,
    Ticket,
    TimerStore,
    UnsubscribeStore,
)
from hub.ports.receipts import ReceiptStore, ReportStore
from hub.ports.replies import ReplyStore
from hub.storage import (
    Database,
    PostgresAccounts,
    PostgresAudit,
    PostgresBulk,
    PostgresCases,
    PostgresCasework,
    PostgresContacts,
    PostgresDelivery,
    PostgresDirectoryHistory,
    PostgresEscalations,
    PostgresExplain,
    PostgresHistory,
    PostgresInbox,
    PostgresIntake,
    PostgresKeys,
    PostgresLetters,
    PostgresLog,
    PostgresMailReports,
    PostgresMonitor,
    PostgresPauses,
    PostgresPreferences,
    PostgresReceipts,
    PostgresReplies,
    PostgresSecondFactors,
    PostgresSessions,
    PostgresSurveys,
    PostgresTimers,
    PostgresUnsubscribes,
)
from hub.testing import (
    MemoryAccounts,
    MemoryAudit,
    MemoryKeys,
    MemoryPauses,
    MemorySecondFactors,
    MemoryStore,
)
from tests.contract.values import LEASE, now
from tests.unit.factories import BY_DAY

POLICY: Final = load_policy(BY_DAY)
"""The time for which suppressions last in these tests; on other channels for ever."""
AT_ONCE: Final = timedelta(0)
"""A lease that expires immediately, an age that is reached immediately."""


@dataclass
class Stores:
    """The stores that exist both in PostgreSQL and in memory."""

    intake: IntakeStore
    delivery: DeliveryStore
    timers: TimerStore
    replies: ReplyStore
    unsubscribes: UnsubscribeStore
    pauses: PauseStore
    keys: KeyStore
    audit: AuditStore
    accounts: AccountStore
    sessions: SessionStore
    factors: SecondFactorStore

    async def add(self, *messages: Message) -> None:
        await self.delivery.add_messages(messages)

    async def add_events(self, *events: StoredEvent) -> None:
        """Store events alone, as a batch of intake that plans nothing."""
        async with self.intake.transaction() as transaction:
            await transaction.add_events(events)

    async def save_clocks(self, *clocks: Clock) -> None:
        async with self.intake.transaction() as transaction:
            await transaction.save_clocks(clocks)

    async def apply_directory(self, *events: Event) -> None:
        """Apply events to the directory."""
        async with self.intake.transaction() as transaction:
            await transaction.apply_directory(events)

    async def add_dead_letters(self, *letters: DeadLetter) -> None:
        async with self.intake.transaction() as transaction:
            await transaction.add_dead_letters(letters)

    async def claim(self, *messages: Message, lease: timedelta = LEASE) -> Sequence[Claimed]:
        return await self.delivery.claim([message.id for message in messages], token=uuid4(), lease=lease)

    async def begin(self, message: Message) -> UUID:
        """Add a message and claim it; return the token of the claim."""
        token = uuid4()
        await self.add(message)
        await self.delivery.claim([message.id], token=token, lease=LEASE)
        return token

    async def shown(self, message: Message) -> ShownMessage:
        """Return the current state of the message, with its attempts."""
        raise NotImplementedError

    async def state_of(self, message: Message) -> object:
        return (await self.shown(message)).state


async def release_due(stores: Stores, limit: int, grace: timedelta = AT_ONCE) -> Sequence[Ticket]:
    """Release as the timers do, by default while the database has been available for long."""
    return await stores.timers.release_due(limit, now(), grace)


@dataclass
class MemoryStores(Stores):
    tables: MemoryStore

    async def shown(self, message: Message) -> ShownMessage:
        calls = [call for call in self.tables.tables.attempts.values() if call.message_id == message.id]
        attempts = [asdict(call) for call in sorted(calls, key=lambda call: call.at)]
        more = {"attempts": attempts, "case": None, "masked": False, "named": True, "may_unmask": True}
        return msgspec.convert({**asdict(self.tables.message(message.id)), **more}, ShownMessage)


@dataclass
class RealStores(Stores):
    """All stores in PostgreSQL."""

    receipts: ReceiptStore
    mail_reports: ReportStore
    escalations: PostgresEscalations
    log: PostgresLog
    letters: PostgresLetters
    database: Database
    contacts: PostgresContacts
    roster: PostgresDirectoryHistory
    explaining: PostgresExplain
    cases: PostgresCases
    casework: PostgresCasework
    history: PostgresHistory
    inbox: PostgresInbox
    surveys: PostgresSurveys
    bulk: PostgresBulk
    monitor: PostgresMonitor
    audit: PostgresAudit
    preferences: PostgresPreferences

    async def shown(self, message: Message) -> ShownMessage:
        shown = await self.log.message(message.id)
        assert shown is not None
        return shown


def memory_stores() -> MemoryStores:
    store = MemoryStore(now)
    accounts = MemoryAccounts(store)
    return MemoryStores(
        tables=store,
        intake=store,
        delivery=store,
        timers=store,
        replies=store,
        unsubscribes=store,
        pauses=MemoryPauses(store, now),
        keys=MemoryKeys(now),
        audit=MemoryAudit(),
        accounts=accounts,
        sessions=accounts,
        factors=MemorySecondFactors(accounts),
    )


@asynccontextmanager
async def open_stores(database: str) -> AsyncIterator[RealStores]:
    async with Database(database) as opened:
        yield stores_in(opened)


def stores_in(opened: Database) -> RealStores:
    return RealStores(
        intake=PostgresIntake(opened),
        delivery=PostgresDelivery(opened, BY_NAME, named=BY_NAME),
        timers=PostgresTimers(opened),
        receipts=PostgresReceipts(opened),
        mail_reports=PostgresMailReports(opened),
        replies=PostgresReplies(opened),
        unsubscribes=PostgresUnsubscribes(opened),
        pauses=PostgresPauses(opened),
        keys=PostgresKeys(opened),
        audit=PostgresAudit(opened),
        accounts=PostgresAccounts(opened),
        sessions=PostgresSessions(opened),
        escalations=PostgresEscalations(opened),
        factors=PostgresSecondFactors(opened),
        log=PostgresLog(opened),
        letters=PostgresLetters(opened),
        database=opened,
        preferences=PostgresPreferences(opened),
        bulk=PostgresBulk(opened),
        contacts=PostgresContacts(opened),
        roster=PostgresDirectoryHistory(opened),
        explaining=PostgresExplain(opened),
        cases=PostgresCases(opened),
        casework=PostgresCasework(opened),
        # Small pages, so that a few rows make several pages.
        history=PostgresHistory(opened, page=2),
        inbox=PostgresInbox(opened),
        surveys=PostgresSurveys(opened),
        monitor=PostgresMonitor(opened, queues=()),
    )
