"""The stores under test, behind their ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from hub.model import Claimed, Message
from hub.ports import (
    AccountStore,
    AuditStore,
    ContactStore,
    DeliveryStore,
    DirectoryHistoryStore,
    ExplainStore,
    HeadcountStore,
    HistoryStore,
    ImportStore,
    IntakeStore,
    KeyStore,
    LetterStore,
    LogStore,
    PauseStore,
    RedriveStore,
    SessionStore,
    TimerStore,
)
from hub.ports.receipts import ReceiptStore
from hub.ports.replies import ReplyStore
from hub.storage import (
    Database,
    PostgresAccounts,
    PostgresAudit,
    PostgresContacts,
    PostgresDelivery,
    PostgresDirectoryHistory,
    PostgresExplain,
    PostgresHeadcount,
    PostgresHistory,
    PostgresImports,
    PostgresIntake,
    PostgresKeys,
    PostgresLetters,
    PostgresLog,
    PostgresPauses,
    PostgresReceipts,
    PostgresRedrive,
    PostgresReplies,
    PostgresSessions,
    PostgresTimers,
)
from hub.testing import (
    MemoryAccounts,
    MemoryAudit,
    MemoryContacts,
    MemoryDirectoryHistory,
    MemoryExplain,
    MemoryHeadcount,
    MemoryHistory,
    MemoryImports,
    MemoryInbox,
    MemoryKeys,
    MemoryLetters,
    MemoryLog,
    MemoryPauses,
    MemoryRedrive,
    MemoryStore,
)
from tests.contract.values import LEASE, now

LASTS: Final = {"sms": timedelta(days=90)}
"""How long suppressions last in these tests; of other channels for ever."""
AT_ONCE: Final = timedelta(0)
"""A lease that has ended when it begins, an age that is reached at once."""


@dataclass
class Stores:
    intake: IntakeStore
    delivery: DeliveryStore
    timers: TimerStore
    log: LogStore
    receipts: ReceiptStore
    letters: LetterStore
    pauses: PauseStore
    redrive: RedriveStore
    replies: ReplyStore
    contacts: ContactStore
    roster: DirectoryHistoryStore
    headcount: HeadcountStore
    keys: KeyStore
    audit: AuditStore
    accounts: AccountStore
    sessions: SessionStore
    explaining: ExplainStore
    imports: ImportStore
    history: HistoryStore

    async def add(self, *messages: Message) -> None:
        await self.delivery.add_messages(messages)

    async def claim(self, *messages: Message, lease: timedelta = LEASE) -> Sequence[Claimed]:
        return await self.delivery.claim([message.id for message in messages], token=uuid4(), lease=lease)

    async def state_of(self, one: Message) -> object:
        shown = await self.log.message(one.id)
        return shown and shown["state"]


def memory_stores() -> Stores:
    store = MemoryStore(now)
    log = MemoryLog(store, MemoryInbox())
    accounts = MemoryAccounts(store)
    return Stores(
        intake=store,
        delivery=store,
        timers=store,
        log=log,
        receipts=store,
        letters=MemoryLetters(store, now),
        pauses=MemoryPauses(store, now),
        redrive=MemoryRedrive(store, now),
        replies=store,
        contacts=MemoryContacts(store, now),
        roster=MemoryDirectoryHistory(store),
        headcount=MemoryHeadcount(store, LASTS.get),
        keys=MemoryKeys(now),
        audit=MemoryAudit(store),
        accounts=accounts,
        sessions=accounts,
        explaining=MemoryExplain(store),
        imports=MemoryImports(store),
        history=MemoryHistory(store),
    )


@asynccontextmanager
async def open_stores(database: str) -> AsyncIterator[Stores]:
    async with Database(database) as opened:
        yield Stores(
            PostgresIntake(opened),
            PostgresDelivery(opened),
            PostgresTimers(opened),
            PostgresLog(opened),
            PostgresReceipts(opened),
            PostgresLetters(opened),
            PostgresPauses(opened),
            PostgresRedrive(opened),
            PostgresReplies(opened),
            PostgresContacts(opened),
            PostgresDirectoryHistory(opened),
            PostgresHeadcount(opened, LASTS.get),
            PostgresKeys(opened),
            PostgresAudit(opened),
            PostgresAccounts(opened),
            PostgresSessions(opened),
            PostgresExplain(opened),
            PostgresImports(opened),
            # Small pages, so that a few rows are several.
            PostgresHistory(opened, page=2),
        )
