"""
Grant, rotate and revoke API keys; each change writes an audit entry.

Nobody gains by giving: a new key, or the successor of an old one, opens no more than its maker may do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from hub.access import api_keys, audit
from hub.errors import BeyondOwnRights, NameTaken, UnknownKey
from hub.model import NOWHERE, ApiKey, Instant, Json, Reach, Scope
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAdmin:
    """
    The dependencies of key administration, and the administrator with what they may do where.

    `source` and `event_types` limit what they may publish; None and empty do not.
    """

    store: KeyStore
    audit: AuditStore
    who: str
    reach: Reach
    source: str | None = None
    event_types: frozenset[str] = frozenset()
    now: datetime

    async def note(self, action: str, named: str, **detail: Json) -> None:
        """Write the audit entry before the change. Raises StorageUnavailable, which prevents the change."""
        subject = f"key:{named}"
        await audit.note(self.audit, who=self.who, action=f"key.{action}", subject=subject, **detail)


async def grant(admin: KeyAdmin, key: ApiKey) -> None:
    """Store an issued key. Raises BeyondOwnRights, NameTaken."""
    _require_no_gain(admin, key)
    await admin.note("create", key.name, **_audit_detail(key))
    if not await admin.store.add(key):
        raise NameTaken(f"a live key is called {key.name}: rotate it, revoke it, or choose another name")


async def rotate(admin: KeyAdmin, name: str, *, old_ends_at: datetime | None) -> tuple[ApiKey, str]:
    """
    Make the successor of a key, and return it with its token.

    Both are valid until the old one ends, at `old_ends_at` or after a day.

    Raises BeyondOwnRights, UnknownKey.
    """
    old = next((key for key in await admin.store.live_keys() if key.name == name), None)
    if old is None:
        raise _unknown(name)
    _require_no_gain(admin, old)
    ends = old_ends_at or admin.now + api_keys.OVERLAP
    key, token = api_keys.renew(old, by=admin.who, now=admin.now)
    await admin.note("rotate", name, **_audit_detail(key), old_ends_at=ends.isoformat())
    if not await admin.store.rotate(key, old_ends_at=ends):
        raise _unknown(name)
    return key, token


async def revoke(admin: KeyAdmin, named: str) -> int:
    """Revoke the live keys of a name or prefix now; return how many. Raises UnknownKey."""
    await admin.note("revoke", named)
    revoked = await admin.store.revoke(named)
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


def _require_no_gain(admin: KeyAdmin, key: ApiKey) -> None:
    # A key holds everywhere, so an office in some copropiedades is not enough.
    missing = sorted(scope for scope in key.scopes if admin.reach.get(scope, NOWHERE) is not None)
    if missing:
        raise BeyondOwnRights(f"A key is made by who may do everywhere what it opens; you lack {missing[0]}.")
    if Scope.PUBLISH in key.scopes and not _within_bounds(admin, key):
        raise BeyondOwnRights("A key that is bound to a source makes only keys with the same bounds.")


def _within_bounds(admin: KeyAdmin, key: ApiKey) -> bool:
    if admin.source is None:
        return True
    types = not admin.event_types or (bool(key.event_types) and key.event_types <= admin.event_types)
    return key.source == admin.source and types


def _audit_detail(key: ApiKey) -> dict[str, Json]:
    return {"prefix": key.prefix, "scopes": sorted(key.scopes), "source": key.source}


def _unknown(named: str) -> UnknownKey:
    return UnknownKey(f"there is no live key called {named}")
