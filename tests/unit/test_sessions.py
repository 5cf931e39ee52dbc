"""Sessions: their rows, their ends, and their CSRF tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from hub.access import sessions

NOON = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def test_only_the_hash_of_a_session_token_is_stored() -> None:
    session, token = sessions.begin(uuid4(), now=NOON)

    assert session.hash == sha256(token.encode()).digest()
    assert sessions.hash_of(token) == session.hash
    assert token not in repr(session)
    assert session.hash.hex() not in repr(session)
    assert len(token) == 43  # 32 bytes


def test_stored_hash_opens_nothing() -> None:
    session, _ = sessions.begin(uuid4(), now=NOON)

    for stolen in (session.hash.hex(), session.hash.decode("latin1"), repr(session.hash)):
        assert sessions.hash_of(stolen) != session.hash


def test_new_key_ends_sessions_of_the_old_key() -> None:
    session, token = sessions.begin(None, key="old", now=NOON)

    assert sessions.hash_of(token, key="old") == session.hash
    assert sessions.hash_of(token, key="new") != session.hash
    assert sessions.hash_of(token) != session.hash


def test_a_session_ends_to_the_instant_when_idle_and_at_last() -> None:
    session, _ = sessions.begin(uuid4(), now=NOON)
    busy = replace(session, seen_at=NOON + sessions.LONGEST - TICK)

    assert sessions.live(session, now=NOON + sessions.IDLE - TICK)
    assert not sessions.live(session, now=NOON + sessions.IDLE)
    assert sessions.live(busy, now=NOON + sessions.LONGEST - TICK)
    assert not sessions.live(busy, now=NOON + sessions.LONGEST)
    assert (sessions.IDLE, sessions.LONGEST) == (timedelta(minutes=30), timedelta(hours=12))


def test_csrf_token_belongs_to_one_session_and_does_not_reveal_it() -> None:
    (_, one), (_, other) = (sessions.begin(None, now=NOON) for _ in range(2))

    assert sessions.csrf_of(one) == sessions.csrf_of(one)
    assert sessions.csrf_of(one) != sessions.csrf_of(other)
    assert one not in sessions.csrf_of(one)
    assert sessions.csrf_of("ñ\udcff")
