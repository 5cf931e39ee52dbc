"""Interprets a described provider's answer: its own rules in order, then the HTTP status. Pure."""

from __future__ import annotations

import re
from typing import Final

from hub.channels.failures import by_status, verdict
from hub.channels.http_calls import Answer
from hub.channels.json_path import word, word_at
from hub.channels.sms.spec import Rule, Spec
from hub.errors import SendFailure, TransientFailure
from hub.model import Accepted, Json

_REFERENCE: Final = re.compile(r"[!-~]{1,200}")
_CODE: Final = re.compile(r"(?!\d{7,15}$)[\w.:-]{1,40}")
"""A word, but no telephone number."""


def judge(spec: Spec, answer: Answer) -> Accepted:
    """Return the acceptance; raises `SendFailure` for all else."""
    said = answer.json
    if fits(spec.accepted, answer, said):
        return _accepted(spec, answer, said)
    raise _failure(spec, answer, said)


def fits(rule: Rule, answer: Answer, said: Json) -> bool:
    """Return whether all conditions of the rule hold; a number equals the string of its digits."""
    return (
        (not rule.statuses or not {answer.status, f"{answer.status // 100}xx"}.isdisjoint(rule.statuses))
        and all(word_at(said, path) in map(word, known) for path, known in rule.where.items())
        and rule.body_contains in answer.body.decode(errors="replace")
    )


def shaped_reference(said: Json, path: str | None) -> str | None:
    """Return the provider's id; None for text that cannot be an id, such as a sentence."""
    found = word_at(said, path) if path is not None else None
    return found if found is not None and _REFERENCE.fullmatch(found) else None


def shaped_code(said: Json, path: str | None) -> str:
    """Return a code; empty for free text, which could name a person, and for a phone number."""
    found = word_at(said, path) if path is not None else None
    return found if found is not None and _CODE.fullmatch(found) else ""


def _accepted(spec: Spec, answer: Answer, said: Json) -> Accepted:
    reference = shaped_reference(said, spec.accepted.reference)
    if spec.accepted.reference is not None and reference is None:
        raise _not_understood(spec, answer)
    return Accepted(provider=spec.name, reference=reference, code=_code(answer, said, spec.accepted))


def _failure(spec: Spec, answer: Answer, said: Json) -> SendFailure:
    for rule in spec.failures:
        if fits(rule, answer, said):
            code, wait = _code(answer, said, rule), answer.retry_after
            return verdict(rule.kind, rule.reason, provider=spec.name, code=code, retry_after=wait)
    if answer.status // 100 == 2:
        return _not_understood(spec, answer)
    (kind, reason), code = by_status(answer.status), str(answer.status)
    return verdict(kind, reason, provider=spec.name, code=code, retry_after=answer.retry_after)


def _not_understood(spec: Spec, answer: Answer) -> TransientFailure:
    """Return an unknown outcome: a proxy may have answered instead of the provider, or a rule is missing."""
    return TransientFailure("provider_answer", provider=spec.name, code=str(answer.status), unknown=True)


def _code(answer: Answer, said: Json, rule: Rule) -> str:
    """Return the status and the words that the rule matched; nothing else of the answer is safe to keep."""
    return " ".join([str(answer.status), *filter(None, (shaped_code(said, path) for path in rule.where))])
