"""Many steps that come too late at once, after an outage or a back-fill, are told as one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from hub.model import TOP_LEVEL, Clock, Event, Step, own_event
from hub.model.ids import uuid8
from hub.policy.clocks import SummaryPolicy
from hub.sla.events import hours_of, subject_of

SUMMARY: Final = "sla.summary"
_QUARTER: Final = timedelta(minutes=15)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

DigestKey = tuple[int, str | None]
"""The level that a step tells, and the copropiedad where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The clocks of which one level of one copropiedad is told at once, the oldest first."""

    level: int
    copropiedad_id: str | None
    clocks: Sequence[Clock]


def digests(clocks: Iterable[Clock], *, policy: SummaryPolicy, now: datetime) -> list[Digest]:
    """Answer whom the steps that are due would bury."""
    late: defaultdict[DigestKey, dict[UUID, Clock]] = defaultdict(dict)
    for clock in clocks:
        for step in _due(clock, now):
            if is_late(step, policy=policy, now=now):
                late[digest_key(clock, step)][clock.id] = clock
    return [
        Digest(level=level, copropiedad_id=place, clocks=_oldest_first(found.values()))
        for (level, place), found in late.items()
        if len(found) > policy.more_than
    ]


def _due(clock: Clock, now: datetime) -> Iterator[Step]:
    tells = not (clock.promise.silent or clock.promise.checked)
    if tells and clock.next_at is not None:
        yield from (step for step in clock.steps[clock.fired :] if step.at <= now)


def is_late(step: Step, *, policy: SummaryPolicy, now: datetime) -> bool:
    """Tell whether nothing was there to tell of the step when it came."""
    return now - step.at > policy.late


def digest_key(clock: Clock, step: Step) -> DigestKey:
    """Answer whom the step tells."""
    return step.to_level, clock.context.get("copropiedad_id")


def _oldest_first(clocks: Iterable[Clock]) -> list[Clock]:
    return sorted(clocks, key=lambda clock: (clock.due_at, clock.id))


def levels_of(digest: Digest) -> list[int]:
    """Answer the levels that may be told of a crowd, its own first: none is waited for that nobody holds."""
    return list(range(digest.level, TOP_LEVEL + 1))


def summary_event(digest: Digest, held: Collection[int], *, now: datetime) -> Event:
    """
    Make the event that tells the crowd's level, or the next one that is `held`, how many there are.

    Its id is made from level, place and quarter of an hour: what is looked at again after a crash, or
    in several looks, is told once.
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
            **({"any_hour": True} if any(map(hours_of, digest.clocks)) else {}),
        },
        time=now,
    )
