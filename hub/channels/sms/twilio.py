"""SMS over Twilio's HTTP API, which other providers copy."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, Final
from urllib.parse import quote, urlencode

from hub.channels.failures import FailureKind, by_status, verdict, without_contact
from hub.channels.http_calls import Answer, HttpCaller, accepted
from hub.channels.sms import TRAITS
from hub.channels.sms.json_path import read_amount, word_at
from hub.channels.urls import TwilioEndpoint
from hub.errors import SendFailure
from hub.model import Accepted, Balance, ChannelTraits, Json, Outgoing

PROVIDER: Final = "twilio"


MEANINGS: Final[Mapping[int, tuple[FailureKind, str]]] = {
    20003: (FailureKind.OURS, "provider_auth"),
    20005: (FailureKind.OURS, "provider_account"),
    20404: (FailureKind.OURS, "provider_account"),
    20429: (FailureKind.LATER, "rate_limited"),
    21211: (FailureKind.GONE, "invalid_number"),
    21212: (FailureKind.OURS, "provider_sender"),
    21214: (FailureKind.NEVER, "unreachable_number"),
    21217: (FailureKind.GONE, "invalid_number"),
    21265: (FailureKind.GONE, "invalid_number"),
    21266: (FailureKind.NEVER, "invalid_number"),
    21268: (FailureKind.NEVER, "premium_number"),
    21401: (FailureKind.GONE, "invalid_number"),
    21408: (FailureKind.OURS, "provider_region"),
    21602: (FailureKind.NEVER, "empty_text"),
    21603: (FailureKind.OURS, "provider_sender"),
    21606: (FailureKind.OURS, "provider_sender"),
    21608: (FailureKind.OURS, "provider_trial"),
    21609: (FailureKind.OURS, "provider_callback"),
    21610: (FailureKind.NEVER, "opted_out"),
    21611: (FailureKind.LATER, "provider_queue_full"),
    21612: (FailureKind.NEVER, "unreachable_number"),
    # Not GONE: a landline takes no text but still takes a call.
    21614: (FailureKind.NEVER, "not_mobile"),
    21617: (FailureKind.NEVER, "too_long"),
    21635: (FailureKind.NEVER, "not_mobile"),
    21659: (FailureKind.OURS, "provider_sender"),
    21660: (FailureKind.OURS, "provider_sender"),
    21661: (FailureKind.OURS, "provider_sender"),
    30001: (FailureKind.LATER, "provider_queue_full"),
    30002: (FailureKind.OURS, "provider_account"),
    30003: (FailureKind.LATER, "unreachable_handset"),
    30004: (FailureKind.NEVER, "blocked"),
    30005: (FailureKind.GONE, "unknown_number"),
    30006: (FailureKind.NEVER, "not_mobile"),
    30007: (FailureKind.NEVER, "filtered"),
    30008: (FailureKind.LATER, "provider_unknown"),
    30010: (FailureKind.NEVER, "price_limit"),
}
"""Twilio's error codes: of refusals (2xxxx) and of later reports (3xxxx)."""


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
        answer = await self._http.post(
            f"{self._account}/Messages.json",
            urlencode(form).encode(),
            self._headers,
            lane=outgoing.message.lane,
        )
        if answer.status // 100 == 2:
            said = _object(answer.json)
            return accepted(answer, said.get("sid"), provider=PROVIDER, status=said.get("status", ""))
        raise failure(answer)

    async def balance(self) -> Balance | None:
        """Ask for the account's balance. Raises `TransientFailure`."""
        answer = await self._http.get(f"{self._account}/Balance.json", self._headers)
        currency = word_at(answer.json, "currency") or ""
        return Balance(amount=read_amount(answer, "balance", PROVIDER), currency=currency)

    async def aclose(self) -> None:
        await self._http.aclose()


def failure(answer: Answer) -> SendFailure:
    """Return the failure for a refusal."""
    said = _object(answer.json)
    number = said.get("code")
    code = without_contact(f"{number or answer.status} {said.get('message', '')}".strip())
    kind, reason = _meaning(answer.status, number if isinstance(number, int) else None)
    return verdict(kind, reason, provider=PROVIDER, code=code, retry_after=answer.retry_after)


def _meaning(status: int, number: int | None) -> tuple[FailureKind, str]:
    if number is not None and number in MEANINGS:
        return MEANINGS[number]
    if number is None or status == 429 or status >= 500:
        return by_status(status)
    return FailureKind.NEVER, f"twilio_{number}"


def _object(said: Json) -> Mapping[str, Json]:
    return said if isinstance(said, dict) else {}
