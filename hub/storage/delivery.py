"""Delivery in PostgreSQL: claim, record, and the next step of a cascade."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record
from msgspec import convert

from hub.catalog.payers import TO_PAYERS
from hub.contact_rules.working_hours import weeks_of
from hub.model import (
    NO_FACTS,
    Attempt,
    Brand,
    Claimed,
    Consent,
    ContactFacts,
    Evidence,
    Mark,
    Message,
    Outcome,
    Preferences,
    SuppressionStatus,
)
from hub.model.ids import span
from hub.people.brands import brand_of
from hub.people.units import unit_name
from hub.policy.limits import ContactLimits
from hub.sla import NEWS
from hub.storage import contact_slots, events, messages, suppressions, surveys
from hub.storage.database import Database, Store, encode, load, storable


class PostgresCascades(Store):
    """The CascadeStore."""

    add_messages = messages.add
    events_of = events.by_key

    async def end_cascades(self, ids: Collection[UUID]) -> None:
        if ids:
            await self.rows(_SQL["end_cascades"], sorted(ids), *span(ids))


_SQL = load("messages")
_STEPS: Final = sorted(NEWS)
_TO_PAYERS: Final = sorted(TO_PAYERS)
_EVIDENCE = load("evidence")
_CONTACTS = load("contact_slots")
_OUTCOME_COLUMNS = 6
_ERASED: Final = "erased"
_ATTEMPT_COLUMNS = 11
_MOST_BRANDS: Final = 500
"""Identities in memory, each with a logo of at most 24 KiB."""


class PostgresDelivery(PostgresCascades):
    """
    The DeliveryStore. No method holds a connection after it returns.

    The texts of the events `dated` name instants of their case's clocks; those of `named` name the person of
    the case. `version` is the digest and the packed form of the wording of this process: it is stored before
    the first message is claimed.
    """

    suppress = suppressions.add
    take_turns = surveys.take_turns
    have_asked = surveys.have_asked

    def __init__(
        self,
        database: Database,
        dated: Iterable[str] = (),
        version: tuple[bytes, bytes] | None = None,
        *,
        named: Iterable[str] = (),
    ) -> None:
        super().__init__(database)
        self._dated, self._named = sorted(dated), sorted(named)
        self._unstored = version
        self._version: bytes | None = None
        self._brands: dict[bytes | None, Brand] = {}

    async def claim(self, ids: Sequence[UUID], *, token: UUID, lease: timedelta) -> Sequence[Claimed]:
        if self._unstored is not None:
            await self._store_version(*self._unstored)
        texts = self._dated, _STEPS, self._named
        rows = await self.rows(_SQL["claim"], ids, token, lease, *span(ids), *texts, _TO_PAYERS)
        await self._read_brands({row["brand"] for row in rows} - {None})
        return [_claimed(row, self._brands) for row in rows]

    async def _read_brands(self, digests: Collection[bytes]) -> None:
        """Read the identities that this process has not seen yet: once after its start or their change."""
        if unknown := sorted(set(digests) - self._brands.keys()):
            if len(self._brands) + len(unknown) > _MOST_BRANDS:
                self._brands.clear()
                unknown = sorted(digests)
            for row in await self.rows(_EVIDENCE["versions"], unknown):
                if brand := brand_of(row["digest"], row["sources"]):
                    self._brands[brand.digest] = brand

    async def _store_version(self, digest: bytes, sources: bytes) -> None:
        await self.rows(_EVIDENCE["keep_version"], digest, sources)
        self._version, self._unstored = digest, None

    async def reserve_contacts(
        self, messages: Sequence[Message], *, token: UUID, on: date, limits: ContactLimits
    ) -> Mapping[UUID, date]:
        return await contact_slots.reserve(self._database, messages, token=token, on=on, limits=limits)

    async def addresses_of(self, people: Collection[str]) -> Mapping[str, Sequence[str]]:
        rows = await self.rows(_CONTACTS["addresses"], sorted(people))
        return {row["person"]: row["addresses"] for row in rows}

    async def settle_contacts(
        self, token: UUID, *, free: Collection[UUID] = (), retried: Collection[UUID] = ()
    ) -> None:
        await contact_slots.settle(self, token, free=free, retried=retried)

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        """Write outcomes and attempts; return the ids that took effect. Idempotent for the same token."""
        ordered = sorted(outcomes, key=lambda outcome: outcome.message_id)
        moved = _columns([_outcome(outcome) for outcome in ordered], _OUTCOME_COLUMNS)
        calls = [_attempt(attempt, self._version) for outcome in ordered for attempt in outcome.attempts]
        tried = _columns(calls, _ATTEMPT_COLUMNS)
        within = span(outcome.message_id for outcome in outcomes)
        rows = await self.rows(_SQL["record"], token, *moved, *tried, *within)
        return frozenset(row["id"] for row in rows)

    async def step_failed(self, messages: Sequence[Message]) -> frozenset[UUID]:
        keys = [(m.id, m.event_key, m.person, m.audience, m.occasion, m.step) for m in messages]
        if not keys:
            return frozenset()
        rows = await self.rows(_SQL["step_failed"], *zip(*keys, strict=True), *span(m.id for m in messages))
        return frozenset(row["id"] for row in rows)


def _claimed(row: Record, brands: Mapping[bytes | None, Brand]) -> Claimed:
    return Claimed(
        message=messages.message_of(row),
        attempt=row["attempts"],
        event_time=row["event_time"],
        source=row["source"],
        data=row["data"],
        building=row["building"],
        unit=unit_name(row["tower"], row["unit"]) if row["unit"] else None,
        unsure_of=row["unsure_of"],
        suppression=_suppression(row),
        contact=_contact(row),
        overtaken=row["overtaken"],
        brand=brands.get(row["brand"]),
        recalled=row["recalled"],
        party=row["party"],
        due={name: datetime.fromisoformat(at) for name, at in (row["due"] or {}).items()},
    )


def _contact(row: Record) -> ContactFacts:
    asked, wishes, mark = row["contact"], row["wishes"], row["mark"]
    if not (asked or wishes or mark or row["rests"]):
        return NO_FACTS
    found = asked or {}
    return ContactFacts(
        statements=convert(found.get("statements") or (), tuple[Consent, ...]),
        opted_out=found.get("opted_out"),
        rests=row["rests"],
        weeks=weeks_of(row["weeks"] or ()),
        preferences=convert(wishes, Preferences) if wishes else None,
        mark=convert(mark, Mark) if mark else None,
        pays=found.get("pays") is not False,
    )


def _suppression(row: Record) -> SuppressionStatus | None:
    if row["gone_since"] is not None:
        by_whom = "gone" if row["gone_by"] else "suppressed"
        reason = _ERASED if row["gone_why"] == _ERASED else by_whom
        return SuppressionStatus(reason=reason, since=row["gone_since"], until=row["gone_until"])
    return None


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> Sequence[Sequence[object]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _outcome(outcome: Outcome) -> tuple[object, ...]:
    return (
        outcome.message_id,
        outcome.state,
        storable(outcome.reason),
        outcome.next_at,
        outcome.expires_at,
        outcome.tried,
    )


def _attempt(attempt: Attempt, version: bytes | None) -> tuple[object, ...]:
    # A provider's answer may contain anything. If PostgreSQL refused it, the message would be sent again.
    return (
        attempt.message_id,
        attempt.at,
        attempt.outcome,
        storable(attempt.provider),
        storable(attempt.reference),
        storable(attempt.code),
        attempt.took,
        *_evidence(attempt.evidence, version),
    )


def _evidence(evidence: Evidence | None, version: bytes | None) -> tuple[bytes | None, ...]:
    if evidence is None:
        return None, None, None, None
    facts = None if evidence.facts is None else encode(evidence.facts)
    return evidence.digest, version, facts, evidence.content
