"""Delivery over test doubles: messages in memory, channels with scripted answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hub.contact_rules.purposes import NEED_CONSENT
from hub.errors import TemplateFailure
from hub.messages.delivery.deliver import deliver
from hub.messages.delivery.deps import DeliveryDeps, Lease, LostClaims, Renderer
from hub.messages.delivery.pausing import Pauses
from hub.messages.delivery.prepare import Prepared
from hub.messages.delivery.rule import RuleContext
from hub.model import Attempt, Claimed, Message, Rendered, State, StoredEvent
from hub.policy import Policy, load_policy
from hub.ports import DeliveryStore
from hub.resilience.handover import Handover
from hub.testing import (
    MemoryAppointments,
    MemoryChannel,
    MemoryEmail,
    MemoryExclusions,
    MemoryPauses,
    MemoryPublisher,
    MemoryStore,
    MemoryThrottle,
    SettableClock,
)
from tests.unit.factories import MONDAY, POLICY, agreed, event, message, said_in, stored

ABOUT: StoredEvent = stored(event("pqrs.received"))


def render(claimed: Claimed) -> Rendered:
    """Render the person's name; for a person called Nadie, fail as a template that lacks a variable."""
    if claimed.message.name == "Nadie":
        raise TemplateFailure("radicado is undefined")
    if claimed.message.name == "Fallo":
        raise ZeroDivisionError
    return Rendered(text=f"Hola, {claimed.message.name}")


@dataclass
class DeliveryHarness:
    clock: SettableClock
    store: MemoryStore
    publisher: MemoryPublisher
    appointments: MemoryAppointments
    channels: dict[str, MemoryChannel]
    pauses: MemoryPauses
    throttle: MemoryThrottle
    policy: Policy = field(default_factory=lambda: POLICY)
    handover: Handover = field(default_factory=Handover)
    lost_claims: LostClaims = field(default_factory=LostClaims)
    exclusions: MemoryExclusions = field(
        default_factory=lambda: MemoryExclusions(list_date=MONDAY.date() + timedelta(days=365))
    )

    async def holds(self, *messages: Message) -> None:
        async with self.store.transaction() as transaction:
            await transaction.add_events([ABOUT])
            await transaction.add_messages(messages)

    async def agreed(self, *messages: Message) -> None:
        """Hold these messages, whose people have long agreed to their purposes."""
        statements = {
            consent.id: consent
            for message in messages
            for consent in said_in(agreed(message.person, message.purpose, at=MONDAY - timedelta(days=60)))
            if message.purpose in NEED_CONSENT
        }
        await self.holds(*messages)
        async with self.store.transaction() as transaction:
            await transaction.add_consents(list(statements.values()))

    async def deliver(self, *messages: Message, store: DeliveryStore | None = None) -> None:
        """Deliver a ticket of these messages."""
        await deliver(
            [message.id for message in messages],
            deps=self.deps(),
            store=store or self.store,
            publisher=self.publisher,
            appointments=self.appointments,
        )

    async def delivered(self, message: Message) -> Message:
        """Hold a message and deliver its ticket."""
        await self.holds(message)
        await self.deliver(message)
        return message

    def deps(self, render: Renderer = render) -> DeliveryDeps:
        # Read again for each ticket: no test waits a second for a pause.
        pauses = Pauses(self.pauses)
        return DeliveryDeps(
            channels=self.channels,
            render=render,
            policy=self.policy,
            throttle=self.throttle,
            now=self.clock,
            pauses=pauses,
            handover=self.handover,
            lost_claims=self.lost_claims,
            exclusions=self.exclusions,
        )

    def judging(
        self, *, store: DeliveryStore | None = None, paused: frozenset[str] = frozenset(), **fields: Any
    ) -> RuleContext:
        """Make what the rules before a send read, with these fields of its `DeliveryDeps`."""
        deps = with_fields(self.deps(), **fields)
        lease = Lease(deps.policy)
        return RuleContext(
            deps=deps, store=store or self.store, lease=lease, paused=paused, prepared=Prepared(lease, deps)
        )

    def now(self, message: Message) -> Message:
        return self.store.message(message.id)

    def states(self, *messages: Message) -> list[State]:
        return [self.now(message).state for message in messages]

    def sent(self, channel: str = "email") -> list[str]:
        """The recipients of a channel's sends."""
        return [outgoing.message.person for outgoing in self.channels[channel].sent]

    @property
    def attempts(self) -> Sequence[Attempt]:
        return list(self.store.tables.attempts.values())


def make_harness(*channels: MemoryChannel, policy: Policy = POLICY) -> DeliveryHarness:
    clock = SettableClock(MONDAY)
    store = MemoryStore(clock)
    return DeliveryHarness(
        clock=clock,
        store=store,
        pauses=MemoryPauses(store, clock),
        publisher=MemoryPublisher(),
        appointments=MemoryAppointments(clock),
        throttle=MemoryThrottle(lambda: clock().timestamp()),
        channels={channel.traits.name: channel for channel in channels or (MemoryEmail(),)},
        policy=policy,
    )


def mail(person: str = "p-1", **fields: Any) -> Message:
    return message(event_key=ABOUT.key, event_id=ABOUT.event.id, person=person, **fields)


def hasty(folder: Path, *, provider: str, margin: str) -> Policy:
    """Make a policy with these time limits of delivery."""
    overlay = folder / "policy.toml"
    overlay.write_text(f'[delivery]\nprovider_timeout = "{provider}"\nlease_margin = "{margin}"\n')
    return load_policy(overlay)


def named(message: Message, name: str) -> Message:
    return replace(message, name=name)
