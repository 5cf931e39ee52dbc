"""
TOMO: a text by which somebody takes a matter on: which one he means, and what becomes of it. Pure.

`TOMO`, `Lo tomo yo, gracias` and `TOMO PQ-2026-000123` say it and nothing else. Whatever says more, or asks
(`¿Lo tomo?`), is an ordinary text, which a person reads.

Only what his own number was told of, at the level that it was told of, can be meant. Of several nobody
guesses: he is told what to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub.catalog import BY_NAME
from hub.contact_rules.opt_out_words import folded, own_words
from hub.model import AckDecision, AckOutcome, Clock, Escalation, Move, StepKind
from hub.sla import subject_of
from hub.sla.acknowledge import ACKNOWLEDGED

TAKE: Final = frozenset({"tomo", "tomar"})
_BESIDE: Final = frozenset(
    {"lo", "la", "el", "yo", "ya", "si", "ok", "este", "caso", "radicado", "por", "favor", "gracias"}
)

_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"([a-z]{1,5} ?)?\d[\d ]*")
"""`pq 2026 000123`, `000123`; not `a las 8`."""


@dataclass(frozen=True, slots=True)
class AckRequest:
    """`key` is the case that it names, as `case_key` makes it; `numbered` tells that it looks like one."""

    key: str = ""
    numbered: bool = False


def read_ack(text: str) -> AckRequest | None:
    """Answer what a text takes on; None for one that says something else."""
    own = folded(own_words(text))
    words = _WORD.findall(own)
    if "?" in own or TAKE.isdisjoint(words):
        return None
    rest = [word for word in words if word not in TAKE | _BESIDE]
    return AckRequest("".join(rest), numbered=bool(_NUMBER.fullmatch(" ".join(rest))))


def case_key(number: str) -> str:
    """`PQ-2026-000123` → `pq2026000123`: on a telephone marks and spaces come as they come."""
    return "".join(_WORD.findall(folded(number)))


_NAMED: Final = 3
"""How many cases are named to choose from: the text should be one part."""


def judge(said: AckRequest, told: Sequence[Escalation]) -> AckDecision | None:
    """
    Decide what a text takes on; None when it is an ordinary one, for nothing of the kind was told there.

    `told` is what the number was told of, the newest first; of each clock that one counts.
    """
    newest = _newest_of_each(told)
    free = [one for one in newest if _outcome(one) is AckOutcome.TAKEN]
    if said.key:
        meant = [one for one in (*free, *newest) if case_key(subject_of(one.clock)) == said.key]
        return _of(meant[0]) if meant else _which(free) if said.numbered and free else None
    if len(free) > 1:
        return _which(free)
    return next((_of(one) for one in (*free, *newest)), None)


def _newest_of_each(told: Iterable[Escalation]) -> list[Escalation]:
    kept: dict[UUID, Escalation] = {}
    for one in told:
        kept.setdefault(one.clock.id, one)
    return list(kept.values())


def _outcome(one: Escalation) -> AckOutcome:
    if one.clock.ended_at is not None:
        return AckOutcome.ENDED
    if one.level < one.clock.level:
        return AckOutcome.PASSED
    taken = one.level in {each.level for each in one.clock.course.acknowledged}
    return AckOutcome.ALREADY if taken else AckOutcome.TAKEN


def _of(one: Escalation) -> AckDecision:
    return AckDecision(
        outcome=_outcome(one),
        message_id=one.message_id,
        by=one.person,
        clock_id=one.clock.id,
        case=one.clock.case,
        level=one.level,
        standing=max(one.level, one.clock.level),
        copropiedad_id=one.clock.context.get("copropiedad_id"),
        subjects=(subject_of(one.clock),),
        climbs=_climbs(one.clock, one.level),
    )


def _which(free: Sequence[Escalation]) -> AckDecision:
    subjects = tuple(dict.fromkeys(subject_of(one.clock) for one in free))
    newest = free[0]
    return AckDecision(
        outcome=AckOutcome.WHICH, message_id=newest.message_id, by=newest.person, subjects=subjects[:_NAMED]
    )


def _climbs(clock: Clock, level: int) -> bool:
    """Tell whether a next level will still be told: not above the top, nor where taking it on is the end."""
    ends = {move.clock for move in BY_NAME[ACKNOWLEDGED].clocks if move.move is Move.STOP}
    above = any(step.kind is StepKind.ESCALATE and step.to_level > level for step in clock.steps)
    return above and clock.name not in ends
