"""A message as FCM HTTP v1 takes it. Pure."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Final

from hub.model import Json, Lane, Outgoing, Purpose

MOST_BYTES: Final = 4096
LONGEST_LIFE: Final = timedelta(seconds=2_419_200)
ELLIPSIS: Final = "…"


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
