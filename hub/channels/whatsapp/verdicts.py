"""
Meaning of the Graph API's error codes, in immediate refusals and in later `failed` statuses.

A template that Meta does not have (any more) ends the message on this channel although the fault is
ours: approval takes hours or days, and the next step of the cascade can still send in time.
Source: Meta, WhatsApp Business Platform, "Error codes".
"""

from __future__ import annotations

from typing import Final

from hub.channels.failures import LATER, NEVER, OURS, Meaning, by_code, by_status, verdict, without_contact
from hub.channels.http_calls import Answer
from hub.channels.json_path import at
from hub.errors import SendFailure
from hub.model import Json

PROVIDER: Final = "whatsapp"

MEANINGS: Final = by_code(
    {
        (OURS, "provider_auth"): (0, 190),
        (OURS, "provider_permission"): (3, 10, 131005),
        (OURS, "provider_sender"): (33, 131037, 131045, 133010),
        (OURS, "provider_account"): (368, 131031),
        (OURS, "provider_region"): (130497,),
        (OURS, "provider_trial"): (131030,),
        (OURS, "provider_payment"): (131042,),
        (LATER, "provider_unknown"): (1, 131000),
        (LATER, "unavailable"): (2, 131016, 131057, 133004),
        (LATER, "rate_limited"): (4, 80007, 130429, 131056),
        (LATER, "quality_limited"): (131048,),
        (LATER, "template_syncing"): (134101,),
        (NEVER, "invalid_argument"): (100, 131008, 131009, 131051, 135000),
        # 130472: Meta withholds it from some users as an experiment, and asks not to send it again.
        # 131049: a retry within hours is refused as well, and counts against the sender.
        (NEVER, "withheld"): (130472, 131049),
        (NEVER, "unreachable_number"): (131021,),
        # Not GONE: the same number still takes a text message or a call.
        (NEVER, "not_on_whatsapp"): (131026,),
        (NEVER, "not_delivered_in_time"): (131043,),
        (NEVER, "outside_window"): (131047,),
        (NEVER, "opted_out"): (131050,),
        (NEVER, "too_long"): (132005,),
        (NEVER, "template_parameters"): (132000, 132012),
        (NEVER, "template_not_approved"): (132001, 134102),
        (NEVER, "template_policy"): (132007,),
        (NEVER, "template_paused"): (132015,),
        (NEVER, "template_disabled"): (132016,),
    }
)
PERMISSIONS: Final = range(200, 300)
"""Each of these codes means that the token lacks a permission."""

_NO_SUCH_OBJECT: Final = 33
"""Sub-code of 100: no phone number has this id, or the token may not see it."""


def failure(answer: Answer) -> SendFailure:
    said = answer.json
    number = at(said, "error.code")
    # Meta's title and details; the details name the parameter or the cause.
    words = filter(None, (at(said, "error.message"), at(said, "error.error_data.details")))
    code = without_contact(" ".join(map(str, (answer.status if number is None else number, *words))))
    kind, reason = _meaning(answer.status, number, at(said, "error.error_subcode"))
    return verdict(kind, reason, provider=PROVIDER, code=code, retry_after=answer.retry_after)


def reason_of(number: int | None) -> str:
    if number is None:
        return f"{PROVIDER}_failed"
    return MEANINGS[number][1] if number in MEANINGS else f"{PROVIDER}_{number}"


def _meaning(status: int, number: Json, sub: Json) -> Meaning:
    if not isinstance(number, int):
        return by_status(status)
    if number == 100 and sub == _NO_SUCH_OBJECT:
        return OURS, "provider_sender"
    if number in PERMISSIONS:
        return OURS, "provider_permission"
    if number in MEANINGS:
        return MEANINGS[number]
    return (LATER if status >= 500 else NEVER), f"{PROVIDER}_{number}"
