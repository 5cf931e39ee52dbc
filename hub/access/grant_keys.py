"""Grant, rotate and revoke API keys; each change writes an audit entry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from hub.access import api_keys, audit
from hub.errors import NameTaken, UnknownKey
from hub.model import ApiKey, Instant, Json, Scope
from hub.ports import AuditStore, KeyStore


class KeyRow(Struct, kw_only=True):
    """A key without its secret, of which only a hash is stored."""

    name: str
    prefix: Annotated[str, Meta(description="The middle of the token, to recognise it by.")]
    state: Annotated[str, Meta(description="`live`, `expired` or `revoked`.")]
    scopes: list[Scope]
    source: str | None
    event_types: list[str]
    amqp_user: str | None
    created_at: Instant
    created_by: str
    expires_at: Instant | None
    revoked_at: Instant | None
    used_at: Instant | None


class KeyMade(KeyRow, kw_only=True):
    """`token` is shown only here."""

    token: str


async def grant(key: ApiKey, *, keys: KeyStore, notes: AuditStore) -> None:
    """Store an issued key. Raises NameTaken."""
    await audit.note(
        notes, who=key.created_by, action="key.create", subject=f"key:{key.name}", **_audit_detail(key)
    )
    if not await keys.add(key):
        raise NameTaken(f"a live key is called {key.name}: rotate it, revoke it, or choose another name")


async def rotate(
    name: str, *, old_ends_at: datetime | None, keys: KeyStore, notes: AuditStore, who: str, now: datetime
) -> tuple[ApiKey, str]:
    """
    Make the successor of a key, and return it with its token.

    Both are valid until the old one ends, at `old_ends_at` or after a day. Raises UnknownKey.
    """
    old = next((key for key in await keys.live_keys() if key.name == name), None)
    if old is None:
        raise _unknown(name)
    ends = old_ends_at or now + api_keys.OVERLAP
    key, token = api_keys.renew(old, by=who, now=now)
    detail = {**_audit_detail(key), "old_ends_at": ends.isoformat()}
    await audit.note(notes, who=who, action="key.rotate", subject=f"key:{name}", **detail)
    if not await keys.rotate(key, old_ends_at=ends):
        raise _unknown(name)
    return key, token


async def revoke(named: str, *, keys: KeyStore, notes: AuditStore, who: str) -> int:
    """Revoke the live keys of a name or prefix now; return how many. Raises UnknownKey."""
    await audit.note(notes, who=who, action="key.revoke", subject=f"key:{named}")
    revoked = await keys.revoke(named)
    if not revoked:
        raise _unknown(named)
    return revoked


def row(key: ApiKey, *, now: datetime) -> KeyRow:
    return KeyRow(
        name=key.name,
        prefix=key.prefix,
        state="revoked" if key.revoked_at else "live" if key.live(now) else "expired",
        scopes=sorted(key.scopes),
        source=key.source,
        event_types=sorted(key.event_types),
        amqp_user=key.amqp_user,
        created_at=key.created_at,
        created_by=key.created_by,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        used_at=key.used_at,
    )


def made(key: ApiKey, token: str, *, now: datetime) -> KeyMade:
    """Make a new key's row with its token."""
    return KeyMade(**asdict(row(key, now=now)), token=token)


def _audit_detail(key: ApiKey) -> dict[str, Json]:
    return {"prefix": key.prefix, "scopes": sorted(key.scopes), "source": key.source}


def _unknown(named: str) -> UnknownKey:
    return UnknownKey(f"there is no live key called {named}")
