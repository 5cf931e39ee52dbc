"""The signed cookie of a browser in which somebody has signed in before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.access.keyring import KeyRing
from hub.settings import Secret
from hub.web.auth import device_cookie

NOON = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
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
