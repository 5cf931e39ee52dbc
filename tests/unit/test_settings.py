from __future__ import annotations

from dataclasses import FrozenInstanceError
from ipaddress import ip_network
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.parts.company import CompanyRules
from hub.settings import PROVIDERS, Address, LogFormat, LogLevel, Mode, Secret, SecretUrl, Settings, load

AN_EMAIL_URL = "smtp://hub:letmein@mail.example:587?starttls=auto"
KEY = "0123456789abcdef" * 2
"""A key of the least accepted length."""


def test_nothing_set_means_this_machine_and_nobody_reached() -> None:
    settings = load({}, terminal=False)

    assert settings == Settings(
        amqp_url=SecretUrl("amqp://guest:guest@127.0.0.1:5672/"),
        amqp_management_url=None,
        redis_url=SecretUrl("redis://127.0.0.1:6379/0"),
        database_url=SecretUrl("postgresql://hub:hub@127.0.0.1:5432/hub"),
        database_owner_url=None,
        http=Address("127.0.0.1", 8080),
        metrics=None,
        public_url="http://127.0.0.1:8080",
        trusted_proxies=(),
        api_key=None,
        secrets=(),
        mail=None,
        mail_domain=None,
        mode=Mode.CAPTURE,
        allow_recipients=frozenset(),
        capture_dir=Path(".run/outbox"),
        capture_smtp=None,
        configured={},
        policy=None,
        templates=None,
        heartbeat_url=None,
        webhook_networks=(),
        traces_url=None,
        timestamp_url=None,
        log=LogFormat.JSON,
        log_level=LogLevel.INFO,
    )


def test_everything_can_be_set() -> None:
    settings = load(
        {
            "HUB_AMQP_URL": "amqps://u:p@broker:5671/hub",
            "HUB_AMQP_MANAGEMENT_URL": "https://u:p@broker:15671",
            "HUB_REDIS_URL": "rediss://cache:6380/1",
            "HUB_DATABASE_URL": "postgres://db/hub",
            "HUB_DATABASE_OWNER_URL": "postgresql://owner@db/hub",
            "HUB_HTTP": "0.0.0.0:80",
            "HUB_METRICS": "[::1]:9100",
            "HUB_PUBLIC_URL": "https://hub.example/",
            "HUB_TRUSTED_PROXIES": "127.0.0.1, 10.1.0.0/16 fd00::/8",
            "HUB_API_KEY": KEY,
            "HUB_SECRET": "new, old",
            "HUB_MAIL": "127.0.0.1:2525",
            "HUB_MAIL_DOMAIN": "Respuestas.Example.CO",
            "HUB_MODE": "ALLOWLIST",
            "HUB_ALLOW_RECIPIENTS": "Ana@Example.org, +573001234567",
            "HUB_CAPTURE_DIR": "/var/outbox",
            "HUB_CAPTURE_SMTP": "smtp://localhost:1025",
            "HUB_EMAIL_URL": f"{AN_EMAIL_URL} smtps://second.example",
            "HUB_POLICY": "policy.toml",
            "HUB_TEMPLATES": "templates",
            "HUB_HEARTBEAT_URL": "https://ping.example/word",
            "HUB_WEBHOOK_NETWORKS": "10.20.0.0/16",
            "HUB_TIMESTAMP_URL": "https://tsa.example/tsr",
            "HUB_TRACES_URL": "http://collector:4318/v1/traces",
            "HUB_LOG": "text",
            "HUB_LOG_LEVEL": "debug",
        }
    )

    assert settings == Settings(
        amqp_url=SecretUrl("amqps://u:p@broker:5671/hub"),
        amqp_management_url=SecretUrl("https://u:p@broker:15671"),
        redis_url=SecretUrl("rediss://cache:6380/1"),
        database_url=SecretUrl("postgres://db/hub"),
        database_owner_url=SecretUrl("postgresql://owner@db/hub"),
        http=Address("0.0.0.0", 80),  # noqa: S104 - read, not bound
        metrics=Address("::1", 9100),
        public_url="https://hub.example",
        trusted_proxies=(ip_network("127.0.0.1"), ip_network("10.1.0.0/16"), ip_network("fd00::/8")),
        api_key=Secret(KEY),
        secrets=(Secret("new"), Secret("old")),
        mail=Address("127.0.0.1", 2525),
        mail_domain="respuestas.example.co",
        mode=Mode.ALLOWLIST,
        allow_recipients=frozenset({"ana@example.org", "+573001234567"}),
        capture_dir=Path("/var/outbox"),
        capture_smtp=Address("localhost", 1025),
        configured={"email": (SecretUrl(AN_EMAIL_URL), SecretUrl("smtps://second.example"))},
        policy=Path("policy.toml"),
        templates=Path("templates"),
        heartbeat_url=SecretUrl("https://ping.example/word"),
        webhook_networks=(ip_network("10.20.0.0/16"),),
        timestamp_url=SecretUrl("https://tsa.example/tsr"),
        traces_url=SecretUrl("http://collector:4318/v1/traces"),
        log=LogFormat.TEXT,
        log_level=LogLevel.DEBUG,
    )


@pytest.mark.parametrize(
    ("environ", "complaint"),
    [
        ({"HUB_AMQP_URL": "localhost:5672"}, "HUB_AMQP_URL must be a URL like amqp://127.0.0.1:5672/."),
        ({"HUB_REDIS_URL": "http://x"}, "HUB_REDIS_URL must be a URL like redis://127.0.0.1:6379/0."),
        (
            {"HUB_DATABASE_URL": "postgresql+asyncpg://x"},
            "HUB_DATABASE_URL must be a URL like postgresql://127.0.0.1:5432/hub.",
        ),
        ({"HUB_AMQP_URL": "amqp://h:port"}, "HUB_AMQP_URL is not a valid URL or address."),
        ({"HUB_HTTP": "8080"}, "HUB_HTTP must be host:port, like 127.0.0.1:8080."),
        ({"HUB_HTTP": "127.0.0.1"}, "HUB_HTTP must be host:port, like 127.0.0.1:8080."),
        ({"HUB_HTTP": "localhost:99999"}, "HUB_HTTP is not a valid URL or address."),
        ({"HUB_PUBLIC_URL": "hub.example"}, "HUB_PUBLIC_URL must be the web address people see"),
        ({"HUB_HEARTBEAT_URL": "http://ping.example/x"}, "HUB_HEARTBEAT_URL must be an address like https:"),
        ({"HUB_AMQP_MANAGEMENT_URL": "amqp://u:p@h"}, "HUB_AMQP_MANAGEMENT_URL must be a URL like http"),
        ({"HUB_AMQP_MANAGEMENT_URL": "http://u@h:15672"}, "HUB_AMQP_MANAGEMENT_URL must be a URL like http"),
        ({"HUB_TRUSTED_PROXIES": "proxy.example"}, "HUB_TRUSTED_PROXIES must be addresses or networks"),
        ({"HUB_TRUSTED_PROXIES": "10.0.0.1/8"}, "HUB_TRUSTED_PROXIES must be addresses or networks"),
        ({"HUB_API_KEY": "k"}, "HUB_API_KEY has fewer than 32 characters and can be guessed"),
        ({"HUB_API_KEY": KEY[1:]}, "HUB_API_KEY has fewer than 32 characters and can be guessed: set"),
        ({"HUB_MODE": "production"}, "HUB_MODE must be one of: capture, allowlist, live."),
        ({"HUB_MODE": "allowlist"}, "HUB_MODE=allowlist needs HUB_ALLOW_RECIPIENTS"),
        ({"HUB_MAIL_DOMAIN": "a@example.co", "HUB_SECRET": "x"}, "HUB_MAIL_DOMAIN must be a domain, like"),
        ({"HUB_MAIL_DOMAIN": "example.co"}, "HUB_MAIL_DOMAIN needs HUB_SECRET"),
        ({"HUB_MAIL": "127.0.0.1:2525"}, "HUB_MAIL needs HUB_MAIL_DOMAIN"),
        ({"HUB_LOG": "xml"}, "HUB_LOG must be one of: json, text."),
        ({"HUB_LOG_LEVEL": "loud"}, "HUB_LOG_LEVEL must be one of: debug, info, warning, error."),
        ({"HUB_EMAIL_URL": "mail.example"}, "HUB_EMAIL_URL must be a URL, or several with spaces"),
        ({"HUB_CAPTURE_SMTP": "mail.example:25"}, "HUB_CAPTURE_SMTP must be on this machine"),
        (
            {"HUB_HTTP": "0.0.0.0:8080"},
            "HUB_HTTP is open to other machines but nothing guards it",
        ),
        ({"HUB_HTTP": ":8080"}, "HUB_HTTP is open to other machines"),
        ({"HUB_METRICS": "10.0.0.1:9100"}, "HUB_METRICS is open to other machines"),
        ({"HUB_ALLOW_RECIPIENTS": "ana@x.co 300123"}, "HUB_ALLOW_RECIPIENTS: entry 2 is no email address"),
    ],
)
def test_a_wrong_setting_says_what_to_write(environ: dict[str, str], complaint: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(environ)

    assert str(refused.value).startswith(complaint)


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "localhost:8080", "[::1]:8080", "127.8.8.8:80"])
def test_this_machine_may_listen_to_itself_without_a_key(listen: str) -> None:
    assert load({"HUB_HTTP": listen}).http.is_loopback


def test_a_door_that_nothing_guards_is_refused_with_the_way_out() -> None:
    with pytest.raises(ConfigurationError) as refused:
        load({"HUB_HTTP": "0.0.0.0:8080"})

    assert str(refused.value).endswith(
        "Set HUB_API_KEY, or listen on this machine only: HUB_HTTP=127.0.0.1:8080."
    )


def test_a_key_opens_the_hub_to_other_machines() -> None:
    settings = load({"HUB_HTTP": "0.0.0.0:8080", "HUB_API_KEY": KEY})

    assert not settings.http.is_loopback


@pytest.mark.parametrize(
    ("environ", "links"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"HUB_PUBLIC_URL": "http://localhost:8080"}, "http://localhost:8080"),
        ({"HUB_PUBLIC_URL": "http://[::1]:8080"}, "http://[::1]:8080"),
        ({"HUB_PUBLIC_URL": "https://hub.example", "HUB_MODE": "live"}, "https://hub.example"),
        ({"HUB_PUBLIC_URL": "http://hub.example"}, ""),
        ({"HUB_PUBLIC_URL": "http://127.0.0.1.hub.example"}, ""),
        ({"HUB_PUBLIC_URL": "http://192.168.1.20:8080"}, ""),
        ({"HUB_HTTP": "0.0.0.0:8080", "HUB_API_KEY": KEY}, ""),
        ({"HUB_MODE": "live"}, ""),
        ({"HUB_MODE": "allowlist", "HUB_ALLOW_RECIPIENTS": "ana@example.org"}, ""),
    ],
    ids=str,
)
def test_in_clear_links_lead_to_this_machine_alone_and_only_while_nobody_is_reached(
    environ: dict[str, str], links: str
) -> None:
    company = CompanyRules(load({"HUB_SECRET": "s" * 40, **environ}))

    assert bool(links) is company.resident_links.usable
    assert links == load(environ).links_url


def test_an_address_prints_as_it_is_written() -> None:
    assert [str(Address("127.0.0.1", 80)), str(Address("::1", 80))] == ["127.0.0.1:80", "[::1]:80"]


def test_a_setting_may_be_the_content_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")

    assert load({"HUB_API_KEY_FILE": str(file)}).api_key == Secret(KEY)


def test_an_empty_setting_is_an_unset_one(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("\n")

    assert load({"HUB_API_KEY_FILE": str(file), "HUB_MODE": " ", "HUB_HTTP": ""}).api_key is None


def test_a_value_and_a_file_for_one_setting_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^Set HUB_SECRET or HUB_SECRET_FILE, not both\.$"):
        load({"HUB_SECRET": "a", "HUB_SECRET_FILE": str(tmp_path / "b")})


def test_an_unreadable_file_is_named_by_its_setting_alone(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff")

    with pytest.raises(
        ConfigurationError, match=r"SECRET_FILE names a file that cannot be read: No such file"
    ):
        load({"HUB_SECRET_FILE": str(tmp_path / "none")})
    with pytest.raises(ConfigurationError, match=r"SECRET_FILE names a file .* read: it is not UTF-8 text"):
        load({"HUB_SECRET_FILE": str(binary)})


@pytest.mark.parametrize("name", PROVIDERS.values())
def test_while_capturing_every_provider_is_ignored_and_named(name: str) -> None:
    captured, live = load({name: AN_EMAIL_URL}), load({name: AN_EMAIL_URL, "HUB_MODE": "live"})

    assert (captured.ignored_providers, captured.providers) == ((name,), {})
    assert live.ignored_providers == ()
    assert list(live.providers.values()) == [(SecretUrl(AN_EMAIL_URL),)]


def test_secrets_do_not_print() -> None:
    url = SecretUrl(AN_EMAIL_URL)
    settings = load({"HUB_EMAIL_URL": AN_EMAIL_URL, "HUB_API_KEY": f"letmein {KEY}", "HUB_SECRET": "letmein"})

    for text in (repr(url), str(url), f"{url}", repr(settings), str(settings), url.shown):
        assert "letmein" not in text


def test_a_url_can_be_shown_without_its_secrets() -> None:
    assert SecretUrl(AN_EMAIL_URL).shown == "smtp://mail.example:587"
    assert SecretUrl("file:///var/outbox").shown == "file:///var/outbox"


def test_a_refusal_never_quotes_a_secret() -> None:
    for name in ("HUB_AMQP_URL", "HUB_EMAIL_URL", "HUB_HTTP", "HUB_PUBLIC_URL"):
        with pytest.raises(ConfigurationError) as refused:
            load({name: "//user:letmein@host:notaport"})

        assert "letmein" not in str(refused.value)
        assert refused.value.__cause__ is None


def test_logs_are_readable_on_a_terminal_and_json_elsewhere() -> None:
    assert load({}, terminal=True).log is LogFormat.TEXT
    assert load({}, terminal=False).log is LogFormat.JSON


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        load({}).mode = Mode.LIVE  # type: ignore[misc]
