"""SMS over Twilio's HTTP API, which other providers copy."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, Final
from urllib.parse import quote, urlencode

from hub.channels.failures import (
    GONE,
    LATER,
    NEVER,
    OURS,
    Meaning,
    by_code,
    by_status,
    verdict,
    without_contact,
)
from hub.channels.http_calls import Answer, HttpCaller, accepted
from hub.channels.json_path import at, read_amount, word_at
from hub.channels.sms import TRAITS
from hub.channels.urls import TwilioEndpoint
from hub.errors import SendFailure
from hub.model import Accepted, Balance, ChannelTraits, Outgoing

PROVIDER: Final = "twilio"

MEANINGS: Final = by_code(
    {
        (OURS, "provider_auth"): (20003,),
        (OURS, "provider_account"): (20005, 20404, 30002),
        (OURS, "provider_sender"): (21212, 21603, 21606, 21659, 21660, 21661),
        (OURS, "provider_region"): (21408,),
        (OURS, "provider_trial"): (21608,),
        (OURS, "provider_callback"): (21609,),
        (LATER, "rate_limited"): (20429,),
        (LATER, "provider_queue_full"): (21611, 30001),
        (LATER, "unreachable_handset"): (30003,),
        # 60005: the carrier could not be asked, so nobody knows more of the number than before.
        (LATER, "provider_unknown"): (30008, 60005),
        # "Try sending the message again."
        (LATER, "internal"): (30500,),
        (GONE, "invalid_number"): (21211, 21217, 21265, 21401),
        (GONE, "unknown_number"): (30005,),
        (NEVER, "invalid_number"): (21266,),
        (NEVER, "unreachable_number"): (21214, 21612),
        (NEVER, "premium_number"): (21268,),
        # Not GONE: a landline takes no text but still takes a call.
        (NEVER, "not_mobile"): (21614, 21635, 30006),
        (NEVER, "empty_text"): (21602,),
        (NEVER, "too_long"): (21617,),
        (NEVER, "opted_out"): (21610,),
        (NEVER, "blocked"): (30004,),
        (NEVER, "filtered"): (30007,),
        (NEVER, "price_limit"): (30010,),
    }
)
"""
Twilio's error codes: of refusals (2xxxx) and of later reports (3xxxx, 60005). Each has its page at
twilio.com/docs/api/errors/, such as errors/30500 ("Twilio Internal Error") and errors/60005 ("Downstream
Carrier Error").
"""


class TwilioChannel:
    """
    Sends through one account. `timeout` bounds a whole `send`.

    `callback` is the public URL for reports; the message's id is added to it.
    """

    low_balance: ClassVar[Decimal | None] = None
    """Twilio reports the balance, but no threshold for a top-up."""

    def __init__(self, endpoint: TwilioEndpoint, *, timeout: timedelta, callback: str | None = None) -> None:
        self.traits: ChannelTraits = replace(TRAITS, confirms=callback is not None)
        self._sender = endpoint.sender
        self._account = f"{endpoint.base}/2010-04-01/Accounts/{quote(endpoint.account, safe='')}"
        account = f"{endpoint.account}:{endpoint.token}".encode()
        self._headers = {
            "Authorization": f"Basic {b64encode(account).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        self._callback = callback
        self._http = HttpCaller(PROVIDER, timeout=timeout)

    async def send(self, outgoing: Outgoing) -> Accepted:
        form = {"To": outgoing.message.address, "From": self._sender, "Body": outgoing.rendered.text}
        if self._callback is not None:
            form["StatusCallback"] = f"{self._callback}?{urlencode({'message': outgoing.message.id})}"
        url, body, lane = f"{self._account}/Messages.json", urlencode(form).encode(), outgoing.message.lane
        answer = await self._http.request("POST", url, self._headers, body, lane=lane)
        if answer.status // 100 == 2:
            body = answer.json
            return accepted(answer, at(body, "sid"), provider=PROVIDER, status=at(body, "status"))
        raise failure(answer)

    async def balance(self) -> Balance | None:
        """Ask for the account's balance. Raises `TransientFailure`."""
        answer = await self._http.request("GET", f"{self._account}/Balance.json", self._headers)
        currency = word_at(answer.json, "currency") or ""
        return Balance(amount=read_amount(answer, "balance", PROVIDER), currency=currency)

    async def aclose(self) -> None:
        await self._http.aclose()


def failure(answer: Answer) -> SendFailure:
    number = at(answer.json, "code")
    code = without_contact(f"{number or answer.status} {at(answer.json, 'message') or ''}".strip())
    kind, reason = _meaning(answer.status, number if isinstance(number, int) else None)
    return verdict(kind, reason, provider=PROVIDER, code=code, retry_after=answer.retry_after)


def _meaning(status: int, number: int | None) -> Meaning:
    if number is not None and number in MEANINGS:
        return MEANINGS[number]
    if number is None or status == 429 or status >= 500:
        return by_status(status)
    return NEVER, f"twilio_{number}"
