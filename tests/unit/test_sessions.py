"""Sessions and known devices: rows, ends, tokens and cookies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest

from hub.access import sessions
from hub.access.keyring import KeyRing
from hub.settings import Secret
from hub.web.auth import device_cookie

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


OLD, NEW = (
    Secret("an old secret of the hub, of some length"),
    Secret("a new secret of the hub, of some length"),
)
RING = KeyRing([OLD])


def test_a_device_is_known_to_its_account_until_the_cookie_is_too_old() -> None:
    value = device_cookie.issue(RING, "ana", now=NOON)
    device = device_cookie.read(RING, "ana", value, now=NOON)

    assert device is not None
    assert value.startswith(f"{device}.")
    assert device_cookie.read(RING, "ana", value, now=NOON + device_cookie.LASTS) == device
    assert device_cookie.read(RING, "ana", value, now=NOON + device_cookie.LASTS + timedelta(days=1)) is None
    assert device_cookie.read(RING, "luis", value, now=NOON) is None


def test_a_device_stays_known_while_its_secret_does() -> None:
    value = device_cookie.issue(RING, "ana", now=NOON)

    assert device_cookie.read(KeyRing([NEW, OLD]), "ana", value, now=NOON) is not None
    assert device_cookie.read(KeyRing([NEW]), "ana", value, now=NOON) is None


@pytest.mark.parametrize("value", ["", ".", "..", "a.b.c", "a.1.", "ñ.\udcff.\udcfe", "x" * 5000, "1.2.3.4"])
def test_a_forged_cookie_names_no_device(value: str) -> None:
    assert device_cookie.read(RING, "ana", value, now=NOON) is None


def test_an_altered_cookie_names_no_device() -> None:
    device, day, signature = device_cookie.issue(RING, "ana", now=NOON).split(".")

    for forged in (f"x{device}.{day}.{signature}", f"{device}.{int(day) + 1}.{signature}"):
        assert device_cookie.read(RING, "ana", forged, now=NOON) is None


def test_without_a_secret_no_device_is_known() -> None:
    assert device_cookie.issue(KeyRing([]), "ana", now=NOON) == ""
    assert device_cookie.read(KeyRing([]), "ana", "a.1.", now=NOON) is None
