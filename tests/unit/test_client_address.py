"""Address of a request's client, behind proxies that are trusted or not."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from hub.settings.values import Networks
from hub.web.auth.client_address import behind

TRUSTED: Networks = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6,198.51.100.1:4711 , [fd00::1]:99", "198.51.100.1"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "6.6.6.6, unknown", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6, unknown, 10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", ", ,\udcff", "127.0.0.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_client_is_the_last_address_that_no_trusted_proxy_has(peer: str, forwarded: str, client: str) -> None:
    assert client == behind(peer, forwarded.split(","), TRUSTED)


def test_without_trusted_proxies_no_header_is_believed() -> None:
    assert behind("127.0.0.1", ["198.51.100.1"], ()) == "127.0.0.1"
