"""Digests, each in place of many steps that fall late at once, after an outage or a back-fill. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from hub.model import TOP_LEVEL, Clock, Event, Step, StepKind, own_event
from hub.model.ids import uuid8
from hub.policy.clocks import SummaryPolicy
from hub.sla.events import hours_of, matter_of, subject_of

SUMMARY: Final = "sla.summary"
_QUARTER: Final = timedelta(minutes=15)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SAID_BY: Final[Mapping[StepKind, StepKind]] = {
    StepKind.AT_RISK: StepKind.BREACH,
    StepKind.ESCALATE: StepKind.ESCALATE,
}
"""Kind of step → the kind that makes it old news."""

DigestKey = tuple[int, str | None]
"""The level that a step notifies, and the copropiedad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The late clocks of one level and one copropiedad, the oldest first."""

    level: int
    copropiedad_id: str | None
    clocks: Sequence[Clock]


def digests(clocks: Iterable[Clock], *, policy: SummaryPolicy, now: datetime) -> list[Digest]:
    """Return a digest for each level and copropiedad with more late steps than the policy allows."""
    late: defaultdict[DigestKey, dict[UUID, Clock]] = defaultdict(dict)
    for clock in clocks:
        for step in _due(clock, now):
            if is_late(step, policy=policy, now=now):
                late[digest_key(clock, step)][clock.id] = clock
    return [
        Digest(
            level=level,
            copropiedad_id=place,
            clocks=sorted(clocks_by_id.values(), key=lambda clock: (clock.due_at, clock.id)),
        )
        for (level, place), clocks_by_id in late.items()
        if len(clocks_by_id) > policy.more_than
    ]


def _due(clock: Clock, now: datetime) -> Iterator[Step]:
    notifies = not (clock.promise.silent or clock.promise.checked)
    if notifies and clock.next_at is not None:
        yield from (step for step in clock.steps[clock.fired :] if step.at <= now)


def is_late(step: Step, *, policy: SummaryPolicy, now: datetime) -> bool:
    """Return whether the step fell due longer ago than the policy's `late`."""
    return now - step.at > policy.late


def is_overtaken(clock: Clock, *, policy: SummaryPolicy, now: datetime) -> bool:
    """
    Return whether the clock's next step is late and a later one that says more is due as well.

    After an outage a person would otherwise get an apology for each step within one second.
    """
    step, *later = clock.steps[clock.fired :]
    if not is_late(step, policy=policy, now=now):
        return False
    said_by = _SAID_BY.get(step.kind)
    return any(other.kind is said_by and other.at <= now for other in later)


def digest_key(clock: Clock, step: Step) -> DigestKey:
    """Return the level that the step notifies, and the copropiedad."""
    return step.to_level, clock.context.get("copropiedad_id")


def levels_of(digest: Digest) -> list[int]:
    """Return the levels that may receive the digest, its own first: a vacant level passes it on."""
    return list(range(digest.level, TOP_LEVEL + 1))


def summary_event(digest: Digest, held: Collection[int], *, now: datetime) -> Event:
    """
    Make the event that notifies the digest's level, or the next level that is `held`, of the late clocks.

    Its id is made from level, copropiedad and quarter of an hour: after a crash, or over several batches,
    the level gets one message.
    """
    quarter = now - (now - _EPOCH) % _QUARTER
    place, oldest = digest.copropiedad_id, digest.clocks[0]
    name = str(uuid8(quarter, SUMMARY, str(digest.level), place or ""))
    return own_event(
        SUMMARY,
        name,
        {
            "summary_id": name,
            "level": next((level for level in levels_of(digest) if level in held), digest.level),
            **({} if place is None else {"copropiedad_id": place}),
            "clocks": len(digest.clocks),
            "oldest": {
                "subject": subject_of(oldest),
                "kind": oldest.name,
                "due_at": oldest.due_at.isoformat(),
            },
            **matter_of(oldest),
            **({"any_hour": True} if any(map(hours_of, digest.clocks)) else {}),
        },
        time=now,
    )
