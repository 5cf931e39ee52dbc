"""Push notifications over Firebase Cloud Messaging, HTTP v1: each message as FCM takes it, and the call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final
from urllib.parse import quote

from hub.channels.failures import GONE, LATER, NEVER, OURS, Meaning, verdict
from hub.channels.http_calls import Answer, HttpCaller, accepted
from hub.channels.json_path import at
from hub.channels.push.oauth import PROVIDER, AccessTokens, ServiceAccount
from hub.errors import SendFailure
from hub.model import Accepted, ChannelTraits, Json, Lane, Outgoing, Purpose
from hub.ports import Now

MOST_BYTES: Final = 4096
LONGEST_LIFE: Final = timedelta(seconds=2_419_200)
ELLIPSIS: Final = "…"


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


def error_code(body: Json) -> str | None:
    """Return FCM's error code; None where the answer has none or is not from FCM."""
    codes = (detail.get("errorCode") for detail in _details(body) if detail.get("@type") == FCM_ERROR)
    return next((code for code in codes if isinstance(code, str)), None)


def _blames_token(body: Json) -> bool:
    return any(
        isinstance(violation, dict) and violation.get("field") == "message.token"
        for detail in _details(body)
        if detail.get("@type") == BAD_REQUEST
        for violation in detail.get("fieldViolations") or ()
    )


def _details(body: Json) -> Iterator[Mapping[str, Json]]:
    return (detail for detail in at(body, "error.details") or () if isinstance(detail, dict))


def encode(outgoing: Outgoing, *, now: datetime) -> bytes:
    """
    Make the request body, at most 4096 bytes: a longer text is shortened, not refused.

    FCM counts only parts of it. Counting all is safe: FCM permanently refuses a payload that is too
    large.
    """
    title, text = outgoing.rendered.subject, outgoing.rendered.text
    body = _encode(outgoing, title, text, now)
    if len(body) > MOST_BYTES:
        text = _shortened(text, len(body) - MOST_BYTES)
        body = _encode(outgoing, title, text, now)
    if len(body) > MOST_BYTES:
        body = _encode(outgoing, _shortened(title, len(body) - MOST_BYTES), text, now)
    return body


def _shortened(text: str, excess: int) -> str:
    """
    Cut at least `excess` bytes off the end, at a character boundary, and mark the cut.

    A character is never smaller in JSON than in UTF-8, so a cut of UTF-8 bytes saves at least as
    much in JSON.
    """
    keep = len(text.encode()) - excess - len(ELLIPSIS.encode())
    return text.encode()[: max(keep, 0)].decode("utf-8", "ignore").rstrip() + ELLIPSIS


def _links(outgoing: Outgoing) -> dict[str, Json]:
    """
    Return what the app opens at a tap: the page of a survey, and that of the message.

    The text on the screen has none.
    """
    facts = outgoing.rendered.facts
    if facts is None:
        return {}
    survey = facts.link if outgoing.message.purpose is Purpose.SURVEY else None
    links = {"link": survey, "own_page": facts.own_page}
    return {name: link for name, link in links.items() if link}


def _encode(outgoing: Outgoing, title: str, text: str, now: datetime) -> bytes:
    message = _message(outgoing, title, text, now)
    return json.dumps({"message": message}, ensure_ascii=False, separators=(",", ":")).encode()


def _message(outgoing: Outgoing, title: str, text: str, now: datetime) -> Json:
    reference, facts = str(outgoing.message.id), outgoing.rendered.facts
    # A correction takes the place of what it corrects.
    tag = (facts and facts.replaces) or reference
    urgent = outgoing.message.lane is Lane.URGENT
    life = _life(outgoing.message.expires_at, now)
    seconds = int(life.total_seconds())
    return {
        "token": outgoing.message.address,
        "notification": {"title": title, "body": text},
        "data": {"message_id": reference, "event": outgoing.message.event, **_links(outgoing)},
        # No collapse_key: for a phone that is off FCM keeps at most four of them and drops the rest.
        # The tag replaces a duplicate on the screen and drops nothing.
        "android": {
            "priority": "HIGH" if urgent else "NORMAL",
            "ttl": f"{seconds}s",
            "notification": {"tag": tag},
        },
        "apns": {
            "headers": {
                "apns-priority": "10" if urgent else "5",
                "apns-expiration": str(int((now + life).timestamp())) if life else "0",
                "apns-collapse-id": tag,
            },
            "payload": {"aps": {"sound": "default"}},
        },
        "webpush": {
            "headers": {"TTL": str(seconds), "Urgency": "high" if urgent else "normal"},
            "notification": {"tag": tag},
        },
    }


def _life(expires_at: datetime | None, now: datetime) -> timedelta:
    if expires_at is None:
        return LONGEST_LIFE
    return min(max(expires_at - now, timedelta(0)), LONGEST_LIFE)
