"""
Meaning of the Graph API's error codes, in immediate refusals and in later `failed` statuses.

A template that Meta does not have (any more) ends the message on this channel although the fault is
ours: approval takes hours or days, and the next step of the cascade can still send in time.
Source: Meta, WhatsApp Business Platform, "Error codes".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.channels.failures import FailureKind, by_status, verdict, without_contact
from hub.channels.http_calls import Answer
from hub.errors import SendFailure
from hub.model import Json

PROVIDER: Final = "whatsapp"

MEANINGS: Final[Mapping[int, tuple[FailureKind, str]]] = {
    0: (FailureKind.OURS, "provider_auth"),
    1: (FailureKind.LATER, "provider_unknown"),
    2: (FailureKind.LATER, "unavailable"),
    3: (FailureKind.OURS, "provider_permission"),
    4: (FailureKind.LATER, "rate_limited"),
    10: (FailureKind.OURS, "provider_permission"),
    33: (FailureKind.OURS, "provider_sender"),
    100: (FailureKind.NEVER, "invalid_argument"),
    190: (FailureKind.OURS, "provider_auth"),
    368: (FailureKind.OURS, "provider_account"),
    80007: (FailureKind.LATER, "rate_limited"),
    130429: (FailureKind.LATER, "rate_limited"),
    # Meta withholds it from some users as an experiment, and asks not to send it again.
    130472: (FailureKind.NEVER, "withheld"),
    130497: (FailureKind.OURS, "provider_region"),
    131000: (FailureKind.LATER, "provider_unknown"),
    131005: (FailureKind.OURS, "provider_permission"),
    131008: (FailureKind.NEVER, "invalid_argument"),
    131009: (FailureKind.NEVER, "invalid_argument"),
    131016: (FailureKind.LATER, "unavailable"),
    131021: (FailureKind.NEVER, "unreachable_number"),
    # Not GONE: the same number still takes a text message or a call.
    131026: (FailureKind.NEVER, "not_on_whatsapp"),
    131030: (FailureKind.OURS, "provider_trial"),
    131031: (FailureKind.OURS, "provider_account"),
    131037: (FailureKind.OURS, "provider_sender"),
    131042: (FailureKind.OURS, "provider_payment"),
    131043: (FailureKind.NEVER, "not_delivered_in_time"),
    131045: (FailureKind.OURS, "provider_sender"),
    131047: (FailureKind.NEVER, "outside_window"),
    131048: (FailureKind.LATER, "quality_limited"),
    # A retry within hours is refused as well, and counts against the sender.
    131049: (FailureKind.NEVER, "withheld"),
    131050: (FailureKind.NEVER, "opted_out"),
    131051: (FailureKind.NEVER, "invalid_argument"),
    131056: (FailureKind.LATER, "rate_limited"),
    131057: (FailureKind.LATER, "unavailable"),
    132000: (FailureKind.NEVER, "template_parameters"),
    132001: (FailureKind.NEVER, "template_not_approved"),
    132005: (FailureKind.NEVER, "too_long"),
    132007: (FailureKind.NEVER, "template_policy"),
    132012: (FailureKind.NEVER, "template_parameters"),
    132015: (FailureKind.NEVER, "template_paused"),
    132016: (FailureKind.NEVER, "template_disabled"),
    133004: (FailureKind.LATER, "unavailable"),
    133010: (FailureKind.OURS, "provider_sender"),
    134101: (FailureKind.LATER, "template_syncing"),
    134102: (FailureKind.NEVER, "template_not_approved"),
    135000: (FailureKind.NEVER, "invalid_argument"),
}
PERMISSIONS: Final = range(200, 300)
"""Each of these codes means that the token lacks a permission."""

_NO_SUCH_OBJECT: Final = 33
"""Sub-code of 100: no phone number has this id, or the token may not see it."""


def failure(answer: Answer) -> SendFailure:
    """Return the failure for a refusal."""
    error = _error(answer.json)
    number = error.get("code")
    code = without_contact(f"{answer.status if number is None else number} {_said(error)}".strip())
    kind, reason = _meaning(answer.status, number, error.get("error_subcode"))
    return verdict(kind, reason, provider=PROVIDER, code=code, retry_after=answer.retry_after)


def reason_of(number: int | None) -> str:
    """Return the reason of a `failed` status."""
    if number is None:
        return f"{PROVIDER}_failed"
    return MEANINGS[number][1] if number in MEANINGS else f"{PROVIDER}_{number}"


def _meaning(status: int, number: Json, sub: Json) -> tuple[FailureKind, str]:
    if not isinstance(number, int):
        return by_status(status)
    if number == 100 and sub == _NO_SUCH_OBJECT:
        return FailureKind.OURS, "provider_sender"
    if number in PERMISSIONS:
        return FailureKind.OURS, "provider_permission"
    if number in MEANINGS:
        return MEANINGS[number]
    return (FailureKind.LATER if status >= 500 else FailureKind.NEVER), f"{PROVIDER}_{number}"


def _error(said: Json) -> Mapping[str, Json]:
    error = said.get("error") if isinstance(said, dict) else None
    return error if isinstance(error, dict) else {}


def _said(error: Mapping[str, Json]) -> str:
    """Return Meta's title and details; the details name the parameter or the cause."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    return " ".join(str(part) for part in (error.get("message"), details) if part)
