"""Rules before a send: the form of each, what it may read, and its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from hub.messages.delivery.deps import DeliveryDeps, Lease
from hub.messages.delivery.prepare import Prepared
from hub.model import Claimed, Outcome, Purpose
from hub.ports import DeliveryStore

ANY: Final = frozenset(Purpose)


class Judged(Struct, frozen=True):
    """The claims that a rule leaves free, in their order, and the outcomes of those that it decides."""

    free: Sequence[Claimed]
    decided: Sequence[Outcome] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """The ticket whose claims are judged: its lease, the pauses in force, and its prepared messages."""

    deps: DeliveryDeps
    store: DeliveryStore
    lease: Lease
    paused: frozenset[str]
    prepared: Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    A rule: what it reads, and how it judges the claims that the rules before it have left free.

    A ticket without a message of `purposes` costs it nothing.
    """

    name: str
    reads: str
    judge: Callable[[Sequence[Claimed], RuleContext], Judged | Awaitable[Judged]]
    purposes: Collection[Purpose] = ANY


def split(claims: Sequence[Claimed], outcomes: Iterable[Outcome | None]) -> Judged:
    """Take from claims those that have an outcome; None is no outcome."""
    decided = [outcome for outcome in outcomes if outcome is not None]
    if not decided:
        return Judged(claims)
    taken = {outcome.message_id for outcome in decided}
    return Judged([claim for claim in claims if claim.message.id not in taken], decided)
