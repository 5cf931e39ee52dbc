"""Push notifications over Firebase Cloud Messaging, HTTP v1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Final
from urllib.parse import quote

from hub.channels.failures import GONE, LATER, NEVER, OURS, Meaning, verdict
from hub.channels.http_calls import Answer, HttpCaller, accepted
from hub.channels.json_path import at
from hub.channels.push.oauth import PROVIDER, AccessTokens, ServiceAccount
from hub.channels.push.payload import encode
from hub.errors import SendFailure
from hub.model import Accepted, ChannelTraits, Json, Lane, Outgoing
from hub.ports import Now

FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"
QUOTA_WAIT: Final = timedelta(seconds=60)

MEANINGS: Final[Mapping[str, Meaning]] = {
    "UNREGISTERED": (GONE, "unregistered"),
    "SENDER_ID_MISMATCH": (GONE, "sender_id_mismatch"),
    "INVALID_ARGUMENT": (NEVER, "invalid_argument"),
    "QUOTA_EXCEEDED": (LATER, "quota_exceeded"),
    "UNAVAILABLE": (LATER, "unavailable"),
    "INTERNAL": (LATER, "internal"),
    "UNSPECIFIED_ERROR": (LATER, "unspecified_error"),
    "THIRD_PARTY_AUTH_ERROR": (OURS, "third_party_auth_error"),
}
"""FCM's error codes. INVALID_ARGUMENT concerns the token only with a violation on `message.token`."""

BY_STATUS: Final[Mapping[int, Meaning]] = {
    400: (NEVER, "invalid_argument"),
    401: (OURS, "provider_auth"),
    403: (OURS, "provider_permission"),
    404: (OURS, "provider_project"),
    429: (LATER, "quota_exceeded"),
}
"""Google's answers without an FCM code. A 404 without one means a wrong project, not a dead token."""


class FcmChannel:
    """Sends for one project. `timeout` bounds the call that carries the message."""

    traits: ClassVar[ChannelTraits] = ChannelTraits(name="push", contact="push")

    def __init__(self, base: str, account: ServiceAccount, *, timeout: timedelta, now: Now) -> None:
        self._url = f"{base}/v1/projects/{quote(account.project, safe='')}/messages:send"
        self._now = now
        self._http = HttpCaller(PROVIDER, timeout=timeout)
        self._tokens = AccessTokens(account)

    async def send(self, outgoing: Outgoing) -> Accepted:
        body = encode(outgoing, now=self._now())
        token = await self._tokens.current()
        answer = await self._post(body, token, outgoing.message.lane)
        if answer.status == 401 and error_code(answer.json) is None:
            self._tokens.discard(token)
            answer = await self._post(body, await self._tokens.current(), outgoing.message.lane)
        if answer.status // 100 == 2:
            return accepted(answer, at(answer.json, "name"), provider=PROVIDER)
        raise failure(answer)

    async def aclose(self) -> None:
        await self._tokens.aclose()
        await self._http.aclose()

    async def _post(self, body: bytes, token: str, lane: Lane) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        return await self._http.request("POST", self._url, headers, body, lane=lane)


def failure(answer: Answer) -> SendFailure:
    """Return the failure for a refusal. Google's text is left out: it may quote the token."""
    word = error_code(answer.json)
    kind, reason = _meaning(answer, word)
    code = f"{answer.status} {word}" if word else str(answer.status)
    wait = answer.retry_after or (QUOTA_WAIT if answer.status == 429 else None)
    return verdict(kind, reason, provider=PROVIDER, code=code, retry_after=wait)


def _meaning(answer: Answer, word: str | None) -> Meaning:
    if answer.status == 400 and _blames_token(answer.json):
        return GONE, "invalid_token"
    if word is not None and word in MEANINGS:
        return MEANINGS[word]
    if answer.status >= 500:
        return LATER, f"http_{answer.status}"
    if answer.status == 400 and not isinstance(answer.json, dict):
        return OURS, "http_400"  # not from Google: a proxy or a wrong URL
    return BY_STATUS.get(answer.status, (OURS, f"http_{answer.status}"))


def error_code(said: Json) -> str | None:
    """Return FCM's error code; None where the answer has none or is not from FCM."""
    codes = (detail.get("errorCode") for detail in _details(said) if detail.get("@type") == FCM_ERROR)
    return next((code for code in codes if isinstance(code, str)), None)


def _blames_token(said: Json) -> bool:
    return any(
        isinstance(violation, dict) and violation.get("field") == "message.token"
        for detail in _details(said)
        if detail.get("@type") == BAD_REQUEST
        for violation in detail.get("fieldViolations") or ()
    )


def _details(said: Json) -> Iterator[Mapping[str, Json]]:
    return (detail for detail in at(said, "error.details") or () if isinstance(detail, dict))
