"""
TOMO: acknowledge an escalation by text message. Pure.

`TOMO`, `Lo tomo yo, gracias` and `TOMO PQ-2026-000123` are acknowledgements. A text with more words or a
question (`¿Lo tomo?`) is an ordinary reply, which a person reads.

A number can acknowledge only the escalations that it received, at the level that it received them. When
several are open and the text names none, the hub does not guess: it answers with what to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub.contact_rules.opt_out_words import folded, own_words
from hub.model import AckDecision, AckOutcome, Clock, Escalation, StepKind
from hub.sla import subject_of
from hub.sla.acknowledge import ENDED_BY_IT

TAKE: Final = frozenset({"tomo", "tomar"})
_BESIDE: Final = frozenset(
    {"lo", "la", "el", "yo", "ya", "si", "ok", "este", "caso", "radicado", "por", "favor", "gracias"}
)

_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"([a-z]{1,5} ?)?\d[\d ]*")
"""`pq 2026 000123`, `000123`; not `a las 8`."""


@dataclass(frozen=True, slots=True)
class AckRequest:
    """`key` is the named case as `case_key` writes it. `numbered` is true if it looks like a case number."""

    key: str = ""
    numbered: bool = False


def read_ack(text: str) -> AckRequest | None:
    """Read the acknowledgement in a text; None for any other text."""
    own = folded(own_words(text))
    words = _WORD.findall(own)
    if "?" in own or TAKE.isdisjoint(words):
        return None
    rest = [word for word in words if word not in TAKE | _BESIDE]
    return AckRequest("".join(rest), numbered=bool(_NUMBER.fullmatch(" ".join(rest))))


def case_key(number: str) -> str:
    """`PQ-2026-000123` → `pq2026000123`: people type marks and spaces on a telephone in many ways."""
    return "".join(_WORD.findall(folded(number)))


_NAMED: Final = 3
"""Number of cases in the answer to choose from, so that it fits one SMS part."""


def judge(request: AckRequest, escalations: Sequence[Escalation]) -> AckDecision | None:
    """
    Decide which escalation a text acknowledges; None when the number received none that fits.

    `escalations` are those sent to the number, newest first. Only the newest of each clock counts.
    """
    latest = _newest_by_clock(escalations)
    free = [escalation for escalation in latest if _outcome_of(escalation) is AckOutcome.TAKEN]
    if request.key:
        named = [
            escalation
            for escalation in (*free, *latest)
            if case_key(subject_of(escalation.clock)) == request.key
        ]
        return _decision(named[0]) if named else _ask_which(free) if request.numbered and free else None
    if len(free) > 1:
        return _ask_which(free)
    return next((_decision(escalation) for escalation in (*free, *latest)), None)


def _newest_by_clock(escalations: Iterable[Escalation]) -> list[Escalation]:
    newest: dict[UUID, Escalation] = {}
    for escalation in escalations:
        newest.setdefault(escalation.clock.id, escalation)
    return list(newest.values())


def _outcome_of(escalation: Escalation) -> AckOutcome:
    if escalation.clock.ended_at is not None:
        return AckOutcome.ENDED
    # An acknowledgement of an emergency ends the search, also after the next level was called.
    if escalation.level < escalation.clock.level and escalation.clock.name not in ENDED_BY_IT:
        return AckOutcome.PASSED
    taken = escalation.level in {ack.level for ack in escalation.clock.course.acknowledged}
    return AckOutcome.ALREADY if taken else AckOutcome.TAKEN


def _decision(escalation: Escalation) -> AckDecision:
    return AckDecision(
        outcome=_outcome_of(escalation),
        message_id=escalation.message_id,
        by=escalation.person,
        clock_id=escalation.clock.id,
        case=escalation.clock.case,
        level=escalation.level,
        standing=max(escalation.level, escalation.clock.level),
        copropiedad_id=escalation.clock.context.get("copropiedad_id"),
        subjects=(subject_of(escalation.clock),),
        climbs=_has_next_level(escalation.clock, escalation.level),
    )


def _ask_which(free: Sequence[Escalation]) -> AckDecision:
    subjects = tuple(dict.fromkeys(subject_of(escalation.clock) for escalation in free))
    newest = free[0]
    return AckDecision(
        outcome=AckOutcome.WHICH, message_id=newest.message_id, by=newest.person, subjects=subjects[:_NAMED]
    )


def _has_next_level(clock: Clock, level: int) -> bool:
    """Return whether a higher level is still to be notified: not if acknowledging stops the clock."""
    above = any(step.kind is StepKind.ESCALATE and step.to_level > level for step in clock.steps)
    return above and clock.name not in ENDED_BY_IT
