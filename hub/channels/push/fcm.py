"""Push notifications over Firebase Cloud Messaging, HTTP v1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum, auto
from typing import ClassVar, Final
from urllib.parse import quote

from hub.channels.failures import misconfigured
from hub.channels.http_calls import Answer, HttpCaller
from hub.channels.push.oauth import PROVIDER, AccessTokens, ServiceAccount
from hub.channels.push.payload import encode
from hub.errors import PermanentFailure, SendFailure, TransientFailure
from hub.model import Accepted, ChannelTraits, Json, Lane, Outgoing
from hub.ports import Now

FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"
QUOTA_WAIT: Final = timedelta(seconds=60)


class FcmFailureKind(Enum):
    LATER = auto()
    """Try again."""
    OURS = auto()
    """A fault of our configuration: wait until it is mended (see `misconfigured`)."""
    NEVER = auto()
    """Our bug: this message cannot be sent."""
    GONE = auto()
    """The token is dead."""


MEANINGS: Final[Mapping[str, tuple[FcmFailureKind, str]]] = {
    "UNREGISTERED": (FcmFailureKind.GONE, "unregistered"),
    "SENDER_ID_MISMATCH": (FcmFailureKind.GONE, "sender_id_mismatch"),
    "INVALID_ARGUMENT": (FcmFailureKind.NEVER, "invalid_argument"),
    "QUOTA_EXCEEDED": (FcmFailureKind.LATER, "quota_exceeded"),
    "UNAVAILABLE": (FcmFailureKind.LATER, "unavailable"),
    "INTERNAL": (FcmFailureKind.LATER, "internal"),
    "UNSPECIFIED_ERROR": (FcmFailureKind.LATER, "unspecified_error"),
    "THIRD_PARTY_AUTH_ERROR": (FcmFailureKind.OURS, "third_party_auth_error"),
}
"""FCM's error codes. Of INVALID_ARGUMENT only a violation on `message.token` speaks of the token."""

BY_STATUS: Final[Mapping[int, tuple[FcmFailureKind, str]]] = {
    400: (FcmFailureKind.NEVER, "invalid_argument"),
    401: (FcmFailureKind.OURS, "provider_auth"),
    403: (FcmFailureKind.OURS, "provider_permission"),
    404: (FcmFailureKind.OURS, "provider_project"),
    429: (FcmFailureKind.LATER, "quota_exceeded"),
}
"""Answers of Google's that carry no FCM code. A 404 without one is a wrong project, not a dead token."""


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
            return _accepted(answer)
        raise failure(answer)

    async def aclose(self) -> None:
        await self._tokens.aclose()
        await self._http.aclose()

    async def _post(self, body: bytes, token: str, lane: Lane) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        return await self._http.post(self._url, body, headers, lane=lane)


def _accepted(answer: Answer) -> Accepted:
    said = answer.json
    reference = said.get("name") if isinstance(said, dict) else None
    if not isinstance(reference, str):
        # A stranger in between said yes (a captive page, a wrong host): nobody knows what became of it.
        raise TransientFailure("provider_answer", provider=PROVIDER, code=str(answer.status), unknown=True)
    return Accepted(provider=PROVIDER, reference=reference, code=str(answer.status))


def failure(answer: Answer) -> SendFailure:
    """Answer the failure that a refusal means. Google's prose is left out: it may quote the token."""
    word = error_code(answer.json)
    kind, reason = _meaning(answer, word)
    code = f"{answer.status} {word}" if word else str(answer.status)
    match kind:
        case FcmFailureKind.OURS:
            return misconfigured(reason, provider=PROVIDER, code=code)
        case FcmFailureKind.LATER:
            wait = answer.retry_after or (QUOTA_WAIT if answer.status == 429 else None)
            return TransientFailure(reason, provider=PROVIDER, code=code, retry_after=wait)
        case _:
            return PermanentFailure(reason, provider=PROVIDER, code=code, gone=kind is FcmFailureKind.GONE)


def _meaning(answer: Answer, word: str | None) -> tuple[FcmFailureKind, str]:
    if answer.status == 400 and _blames_token(answer.json):
        return FcmFailureKind.GONE, "invalid_token"
    if word is not None and word in MEANINGS:
        return MEANINGS[word]
    if answer.status >= 500:
        return FcmFailureKind.LATER, f"http_{answer.status}"
    if answer.status == 400 and not isinstance(answer.json, dict):
        return FcmFailureKind.OURS, "http_400"  # not Google's word: a proxy or a wrong address
    return BY_STATUS.get(answer.status, (FcmFailureKind.OURS, f"http_{answer.status}"))


def error_code(said: Json) -> str | None:
    """Answer FCM's own error code; None where the answer carries none, or is not FCM's."""
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
    error = said.get("error") if isinstance(said, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    return (detail for detail in details or () if isinstance(detail, dict))
