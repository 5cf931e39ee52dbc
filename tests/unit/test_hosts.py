"""Addresses: several hosts of a URL, a client behind proxies, words of a caller in an address of ours."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from hub.client.connection import user_of, vhost_of
from hub.errors import BrokerUnavailable, ConfigurationError
from hub.hosts import Hosts, each_host
from hub.model.ids import uuid_in
from hub.operations.bulk.words_es import known_words
from hub.settings import load
from hub.settings.values import Networks
from hub.web.auth.client_address import behind
from hub.web.console.surveys import next_part

THREE = "amqp://crm:w%2Cord@one,two:5673,three:5674/hub"


@pytest.mark.parametrize(
    ("url", "each"),
    [
        ("amqp://u:p@one/", ["amqp://u:p@one/"]),
        ("postgresql:///hub", ["postgresql:///hub"]),
        ("postgresql:///hub?host=/run/a,/run/b", ["postgresql:///hub?host=/run/a,/run/b"]),
        ("amqp://u:p@one,two:5673/v", ["amqp://u:p@one/v", "amqp://u:p@two:5673/v"]),
        (
            "postgresql://u@a:1,b/hub?target_session_attrs=read-write",
            [f"postgresql://u@{host}/hub?target_session_attrs=read-write" for host in ("a:1", "b")],
        ),
    ],
)
def test_each_host_has_a_url_of_its_own(url: str, each: list[str]) -> None:
    assert each == list(each_host(url))


class Nodes:
    """Nodes of which some are off; remembers who was asked."""

    def __init__(self, *off: str) -> None:
        self.off = set(off)
        self.asked: list[str] = []

    async def connect(self, url: str) -> str:
        name = url.removeprefix("amqp://")
        self.asked.append(name)
        if name in self.off:
            raise BrokerUnavailable(name)
        return name


async def test_hosts_are_tried_in_turn_and_the_one_that_answered_last_goes_first() -> None:
    hosts, nodes = Hosts("amqp://a,b,c"), Nodes("a")
    first = await hosts.first(nodes.connect)
    again = await hosts.first(nodes.connect)
    nodes.off = {"b", "a"}
    last = await hosts.first(nodes.connect)

    assert ["b", "b", "c"] == [first, again, last]
    assert ["a", "b", "b", "b", "a", "c"] == nodes.asked
    assert "amqp://c" == hosts.last


async def test_when_no_host_answers_the_last_failure_is_raised_and_the_order_stays() -> None:
    hosts, nodes = Hosts("amqp://a,b"), Nodes("a", "b")
    with pytest.raises(BrokerUnavailable, match="b"):
        await hosts.first(nodes.connect)
    with pytest.raises(BrokerUnavailable):
        await hosts.first(nodes.connect)

    assert ["a", "b", "a", "b"] == nodes.asked


async def test_what_is_wrong_with_every_host_is_not_asked_of_the_next() -> None:
    asked: list[str] = []

    async def refuse(url: str) -> None:
        asked.append(url)
        raise ConfigurationError

    with pytest.raises(ConfigurationError):
        await Hosts("amqp://a,b").first(refuse)

    assert ["amqp://a"] == asked


def test_host_that_is_silent_takes_half_of_the_time_and_no_more() -> None:
    assert [10, 5] == [Hosts(url).patience(10) for url in ("amqp://a", "amqp://a,b")]


def test_settings_take_several_hosts_and_show_them_without_user_and_options() -> None:
    database = "postgresql://hub:s%2Fcret@a:1,b/hub?target_session_attrs=read-write"
    settings = load({"HUB_AMQP_URL": THREE, "HUB_DATABASE_URL": database})

    assert "amqp://one,two:5673,three:5674/hub" == settings.amqp_url.shown
    assert "postgresql://a:1,b/hub" == settings.database_url.shown
    assert "crm" == user_of(settings.amqp_url.reveal())


@pytest.mark.parametrize(
    ("path", "vhost"), [("", "/"), ("/", "/"), ("/%2f", "/"), ("/hub", "hub"), ("/a%2Fb?heartbeat=5", "a/b")]
)
def test_path_of_the_url_is_the_virtual_host(path: str, vhost: str) -> None:
    assert vhost == vhost_of(f"amqp://crm:word@one,two:5673{path}")


@pytest.mark.parametrize(
    "more",
    [
        {"HUB_AMQP_URL": "amqp://u:secret@a,,b/"},
        {"HUB_AMQP_URL": "amqp://u:secret@a:x,b/"},
        {"HUB_DATABASE_URL": "postgresql://u:secret@a,/hub"},
        {"HUB_REDIS_URL": "redis://u:secret@a:1,b:2/0"},
    ],
)
def test_list_of_hosts_with_a_gap_or_where_none_may_be_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="is not a valid URL") as refused:
        load(more)

    assert "secret" not in str(refused.value)


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


GIVEN = "019af1de-0000-8000-8000-000000000001"


def test_id_is_read_as_ids_are_written() -> None:
    assert UUID(GIVEN) == uuid_in(GIVEN) == uuid_in(GIVEN.replace("-", "")) == uuid_in(GIVEN.upper())


@pytest.mark.parametrize("text", [f" {GIVEN}", f"{GIVEN}\r\n", f"{{{GIVEN}}}", f"urn:uuid:{GIVEN}", "", "1"])
def test_id_with_anything_around_it_is_none(text: str) -> None:
    assert uuid_in(text) is None


def test_next_part_of_a_survey_keeps_the_building_of_any_name() -> None:
    path = next_part("a&after=z#x\r\n", "p-5")

    assert "\n" not in path
    assert {"copropiedad": ["a&after=z#x\r\n"], "after": ["p-5"]} == parse_qs(urlsplit(path).query)


def test_address_says_no_words_of_its_own() -> None:
    assert known_words("told")
    assert known_words("Llame al 300 123 4567") == ""
