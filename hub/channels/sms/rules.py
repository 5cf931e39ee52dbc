"""Rules for a described provider's answer: its own in order, then the HTTP status. Pure."""

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
    body = answer.json
    if fits(spec.accepted, answer, body):
        return _accepted(spec, answer, body)
    raise _failure(spec, answer, body)


def fits(rule: Rule, answer: Answer, body: Json) -> bool:
    """Return whether all conditions of the rule hold; a number equals the string of its digits."""
    return (
        (not rule.statuses or not {answer.status, f"{answer.status // 100}xx"}.isdisjoint(rule.statuses))
        and all(word_at(body, path) in map(word, known) for path, known in rule.where.items())
        and rule.body_contains in answer.body.decode(errors="replace")
    )


def shaped_reference(body: Json, path: str | None) -> str | None:
    """Return the provider's id; None for text that cannot be an id, such as a sentence."""
    found = word_at(body, path) if path is not None else None
    return found if found is not None and _REFERENCE.fullmatch(found) else None


def shaped_code(body: Json, path: str | None) -> str:
    """Return a code; empty for free text, which could name a person, and for a phone number."""
    found = word_at(body, path) if path is not None else None
    return found if found is not None and _CODE.fullmatch(found) else ""


def _accepted(spec: Spec, answer: Answer, body: Json) -> Accepted:
    reference = shaped_reference(body, spec.accepted.reference)
    if spec.accepted.reference is not None and reference is None:
        raise _not_understood(spec, answer)
    return Accepted(provider=spec.name, reference=reference, code=_code(answer, body, spec.accepted))


def _failure(spec: Spec, answer: Answer, body: Json) -> SendFailure:
    for rule in spec.failures:
        if fits(rule, answer, body):
            code, wait = _code(answer, body, rule), answer.retry_after
            return verdict(rule.kind, rule.reason, provider=spec.name, code=code, retry_after=wait)
    if answer.status // 100 == 2:
        return _not_understood(spec, answer)
    (kind, reason), code = by_status(answer.status), str(answer.status)
    return verdict(kind, reason, provider=spec.name, code=code, retry_after=answer.retry_after)


def _not_understood(spec: Spec, answer: Answer) -> TransientFailure:
    """Return an unknown outcome: a proxy may have answered instead of the provider, or a rule is missing."""
    return TransientFailure("provider_answer", provider=spec.name, code=str(answer.status), unknown=True)


def _code(answer: Answer, body: Json, rule: Rule) -> str:
    """Return the status and the words that the rule matched; nothing else of the answer is safe to keep."""
    return " ".join([str(answer.status), *filter(None, (shaped_code(body, path) for path in rule.where))])
