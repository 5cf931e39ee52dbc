"""
API keys: issue, parse and bind them. Pure, except for the random bytes of a new key.

    hub_3f9c0a17be42_Jx0…      `hub`, the prefix that identifies the key, the secret

The secret is 32 random bytes; the hub stores its SHA-256. A slow hash protects guessable passwords, but
nobody can try 2^256 secrets, and the check runs on every request.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, TypeAlias

from hub.errors import InvalidKey, WrongSender
from hub.model import HUB_SOURCE, ApiKey, Event, Scope, is_hub_source, normal_source
from hub.model.ids import uuid8

OVERLAP: Final = timedelta(days=1)
"""How long the old key stays valid after a rotation, by default."""
HTTP: Final = "http:"
"""How a sender over HTTP begins whose right to publish the event was not established there."""
_MARK: Final = "hub"
_DIRECTORY: Final = "directory."
_NAME: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}")


def issue(  # noqa: PLR0913 - each is a property of the key that somebody chooses
    name: str,
    *,
    scopes: Collection[Scope],
    source: str | None = None,
    event_types: Collection[str] = (),
    amqp_user: str | None = None,
    cases_of: Collection[str] = (),
    expires_at: datetime | None = None,
    known_types: Collection[str],
    by: str,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key and its token, which is shown once. Raises InvalidKey."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey(
        id=uuid8(now, "api_key", prefix),
        name=name,
        prefix=prefix,
        hash=_hash(secret),
        scopes=frozenset(scopes),
        created_at=now,
        created_by=by,
        source=source,
        event_types=frozenset(event_types),
        amqp_user=amqp_user,
        cases_of=frozenset(cases_of),
        expires_at=expires_at,
    )
    _require_sense(key, known_types, now)
    return key, f"{_MARK}_{prefix}_{secret}"


def renew(old: ApiKey, *, by: str, now: datetime) -> tuple[ApiKey, str]:
    """Make the successor of a key, with the same rights and the same lifetime from now on."""
    fresh, token = issue(old.name, scopes=old.scopes, known_types=(), by=by, now=now)
    expires_at = None if old.expires_at is None else now + (old.expires_at - old.created_at)
    same = replace(
        fresh,
        source=old.source,
        event_types=old.event_types,
        amqp_user=old.amqp_user,
        cases_of=old.cases_of,
        expires_at=expires_at,
    )
    return same, token


def prefix_of(token: str) -> str | None:
    """Return the prefix to look up a token; None if it is not a token of the hub."""
    mark, _, rest = token.partition("_")
    prefix, _, secret = rest.partition("_")
    return prefix if mark == _MARK and prefix and secret else None


def opens(key: ApiKey, token: str, *, now: datetime) -> bool:
    """Return whether the token belongs to the key and the key is live. Compares in constant time."""
    secret = token.split("_", 2)[-1]
    return hmac.compare_digest(_hash(secret), key.hash) and key.live(now)


def require_bound(event: Event, source: str | None, event_types: Collection[str]) -> None:
    """Raise WrongSender if the key is bound to another source or other event types."""
    if source is None:
        return
    if normal_source(event.source) != normal_source(source):
        raise WrongSender("the key publishes for another source", field="source")
    if event_types and event.name not in event_types:
        raise WrongSender("the key does not publish events of this type", field="type")


def require_foreign(source: str) -> None:
    """Raise WrongSender for a source that only the hub itself may name."""
    if is_hub_source(source):
        raise WrongSender(
            f"{HUB_SOURCE} and what begins like it is the hub itself: publish as your own system",
            field="source",
        )


def require_directory_key(event: Event, source: str | None) -> None:
    """Raise WrongSender if a key that is bound to no source writes the directory."""
    if source is None and event.name.startswith(_DIRECTORY):
        raise WrongSender("the directory is written only with a key that is bound to a source", field="type")


Bindings: TypeAlias = Mapping[tuple[str, str], frozenset[str]]
"""User of RabbitMQ and source → the types of events that its keys name; none: all types."""


def bindings_of(keys: Iterable[ApiKey]) -> Bindings:
    """Return what these keys let users of RabbitMQ publish; several of one user and source add up."""
    bindings: dict[tuple[str, str], frozenset[str]] = {}
    for key in keys:
        if key.amqp_user is None or key.source is None:
            continue
        sender = key.amqp_user, normal_source(key.source)
        known = bindings.get(sender, key.event_types)
        bindings[sender] = known | key.event_types if known and key.event_types else frozenset()
    return bindings


def cases_of(keys: Iterable[ApiKey]) -> dict[str, frozenset[str]]:
    """Return source → the other sources to whose cases its keys let it add, in their normal spelling."""
    found: dict[str, frozenset[str]] = {}
    for key in keys:
        if key.source is not None:
            source = normal_source(key.source)
            found[source] = found.get(source, frozenset()) | set(map(normal_source, key.cases_of))
    return found


def adds_to(source: str, owner: str, named: Collection[str]) -> bool:
    """
    Return whether a source may add to the cases of this owner: itself, the hub, or one of those `named`.

    Its keys name them, in their normal spelling.
    """
    theirs = normal_source(owner)
    return is_hub_source(owner) or theirs == normal_source(source) or theirs in named


def require_sender(event: Event, user: str | None, bindings: Bindings | None, *, own: str | None) -> None:
    """
    Raise WrongSender if an event arrived by RabbitMQ from a user who may not publish it.

    `user` is validated by the broker; `own` is the hub's user, who alone may publish for the hub, and whose
    events of other sources were checked over HTTP. Without `own` nobody is the hub. Where no key has ever
    bound a user (None), everybody who may publish is trusted; once one has, each user has the sources and
    types of its own live keys, and no source is free.
    """
    if own is not None and user == own:
        return
    source = normal_source(event.source)
    if source[: len(HUB_SOURCE)] == HUB_SOURCE:  # no call for nearly all events
        require_foreign(event.source)
    if user is not None and user.startswith(HTTP):
        raise WrongSender("it came over HTTP, where its key is checked: send it there again", field="source")
    if bindings is None:
        return
    types = None if user is None else bindings.get((user, source))
    if types is None:
        raise _unbound(source, bindings)
    if types and event.name not in types:
        raise WrongSender("the source's key does not publish events of this type", field="type")


def _unbound(source: str, bindings: Bindings) -> WrongSender:
    """Say why nobody, or only somebody else, publishes for this source."""
    if any(source == bound for _, bound in bindings):
        reason = "this source is bound to a user of RabbitMQ, who must be the delivery's `user_id`"
    else:
        reason = "no live key binds this source to a user of RabbitMQ: ask for one"
    return WrongSender(reason, field="source")


def _hash(secret: str) -> bytes:
    # A stranger may send anything, even invalid UTF-8.
    return sha256(secret.encode(errors="surrogateescape")).digest()


def _require_sense(key: ApiKey, known_types: Collection[str], now: datetime) -> None:
    if not _NAME.fullmatch(key.name):
        raise InvalidKey("a name has 1 to 64 letters, digits, dots, dashes and underscores")
    if not key.scopes:
        raise InvalidKey("a key without a scope opens nothing")
    if key.expires_at is not None and key.expires_at <= now:
        raise InvalidKey("it would have expired already")
    if key.source is None and (key.event_types or key.amqp_user or key.cases_of):
        raise InvalidKey("event types, a user of RabbitMQ and cases of others are of a source: name it")
    if not all(key.cases_of) or any(map(is_hub_source, key.cases_of)):
        raise InvalidKey("cases are of the source of another system: those of the hub are open to all")
    if key.source is not None and (not key.source or is_hub_source(key.source)):
        raise InvalidKey(f"a source is the URI of another system, not {HUB_SOURCE} or what begins like it")
    if key.source is not None and Scope.PUBLISH not in key.scopes:
        raise InvalidKey("a source binds what is published: it needs the scope publish")
    if unknown := sorted(key.event_types - set(known_types)):
        raise InvalidKey(f"there is no event {unknown[0]!r}")
