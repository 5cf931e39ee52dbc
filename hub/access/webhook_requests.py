"""
The calls of webhooks: their secrets, and their signature as of Standard Webhooks. Pure, but for random bytes.

    webhook-id          the same for the same events
    webhook-timestamp   seconds since the epoch
    webhook-signature   v1,BASE64 of the HMAC-SHA256 of ID.TIMESTAMP.BODY; several with spaces between them

A secret is stored sealed (AES-256-GCM) with a key of HUB_SECRET: the database alone forges no call.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from hub.access.keyring import KeyRing, Sealed
from hub.errors import WebhookFailure
from hub.model.webhooks import Webhook, WebhookEvent

CONTENT_TYPE: Final = "application/cloudevents-batch+json"
_MARK: Final = "whsec_"
_OCTETS: Final = 32


def new_secret() -> str:
    """Make a secret in the form of Standard Webhooks."""
    return _MARK + b64encode(secrets.token_bytes(_OCTETS)).decode()


def request_of(
    webhook: Webhook, events: Sequence[WebhookEvent], *, ring: KeyRing, now: datetime
) -> tuple[bytes, Mapping[str, str]]:
    """
    Return the body and the headers of a call with these events.

    Raises WebhookFailure if the key that sealed the secret is no longer in HUB_SECRET.
    """
    body = msgspec.json.encode([waiting.event for waiting in events])
    call_id, timestamp = _id_of(events), str(int(now.timestamp()))
    signatures = (sign(secret, call_id, timestamp, body) for secret in _secrets(webhook, ring, now))
    return body, {
        "Content-Type": CONTENT_TYPE,
        "webhook-id": call_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def sign(secret: str, call_id: str, timestamp: str, body: bytes) -> str:
    key = b64decode(secret.removeprefix(_MARK))
    signed = f"{call_id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def _secrets(webhook: Webhook, ring: KeyRing, now: datetime) -> Iterable[str]:
    sealed = [webhook.secret]
    if webhook.earlier_secret and webhook.earlier_ends_at and now < webhook.earlier_ends_at:
        sealed.append(webhook.earlier_secret)
    opened = [ring.unseal(Sealed.WEBHOOK, secret) for secret in sealed]
    if opened[0] is None:
        raise WebhookFailure("secret_sealed_with_a_removed_key")
    return [secret.decode() for secret in opened if secret is not None]


def _id_of(events: Sequence[WebhookEvent]) -> str:
    """Return an id of just these events: a receiver that drops repeats by it loses none that joined them."""
    ids = "\n".join(waiting.event_id for waiting in events)
    return f"msg_{sha256(ids.encode()).hexdigest()[:32]}"
