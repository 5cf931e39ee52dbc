"""Channels that the settings build."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.channels import ProviderLimits, build_channels, sender_address, texts_can_be_answered
from hub.channels.allowlist import Allowlisted
from hub.channels.email.channel import EmailChannel
from hub.channels.failover import Failover
from hub.channels.outbox import Outbox, as_json
from hub.channels.registry import BUILDERS, TRAITS
from hub.channels.sms import TRAITS as SMS_TRAITS
from hub.channels.sms.twilio import TwilioChannel
from hub.channels.urls import parse_smtp
from hub.errors import (
    ConfigurationError,
    PermanentFailure,
)
from hub.model import ChannelTraits, Outgoing
from hub.model.reached import FILE
from hub.policy import Policy, load_policy
from hub.ports import Channel
from hub.resilience.breaker import Breakers
from hub.resilience.rate_limit import Rate
from hub.settings import PROVIDERS, Settings, load
from hub.testing import MemoryThrottle
from tests.providers.aggregator import EXAMPLE
from tests.providers.fcm import FcmServer
from tests.providers.samples import outgoing, simple_mail
from tests.providers.smtp import SmtpServer
from tests.providers.twilio import SENDER as NUMBER
from tests.providers.twilio import TwilioServer


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


async def keep_nothing(_message: Sequence[Outgoing]) -> None:
    """A store that discards messages."""


def settings(**environment: str) -> Settings:
    return load(environment, terminal=False)


def channels_of(settings: Settings, policy: Policy) -> dict[str, Channel]:
    guards = ProviderLimits(breakers=Breakers(policy.breaker), throttle=MemoryThrottle(time.monotonic))
    return build_channels(
        settings,
        policy,
        compose=simple_mail,
        store_inbox=keep_nothing,
        store_letter=keep_nothing,
        guards=guards,
    )


def test_every_table_names_only_channels_with_a_setting() -> None:
    assert set(BUILDERS) <= set(PROVIDERS)


@pytest.mark.parametrize(
    ("name", "traits"),
    [
        ("email", ChannelTraits(name="email", contact="email")),
        ("sms", ChannelTraits(name="sms", contact="phone", text_phone=True)),
        ("whatsapp", ChannelTraits(name="whatsapp", contact="phone", text_phone=True)),
        ("push", ChannelTraits(name="push", contact="push")),
        ("inbox", ChannelTraits(name="inbox", contact=None, confirms=True, waits=True)),
        ("print", ChannelTraits(name="print", contact=None, strangers=True)),
    ],
)
@pytest.mark.parametrize("mode", ["capture", "live"])
def test_a_channel_s_traits_are_the_same_in_every_mode(
    policy: Policy, tmp_path: Path, mode: str, name: str, traits: ChannelTraits
) -> None:
    urls = {PROVIDERS[channel]: f"file://{tmp_path}" for channel in BUILDERS}

    channels = channels_of(settings(HUB_MODE=mode, **urls), policy)

    assert channels[name].traits == traits == TRAITS[name]
    assert list(TRAITS) == list(channels)


async def test_capturing_builds_no_provider_with_any_urls(policy: Policy, tmp_path: Path) -> None:
    channels = channels_of(
        settings(
            HUB_CAPTURE_DIR=str(tmp_path),
            HUB_EMAIL_URL="smtps://user:secret@smtp.example.com",
            HUB_SMS_URL="twilio+https://AC1:secret@api.example.com?from=+15005550006",
            HUB_PUSH_URL="fcm+https://fcm.example.com?credentials=/nowhere",
            HUB_WHATSAPP_URL="whatsapp+https://secret@graph.example.com?phone=1",
        ),
        policy,
    )

    number = "+573001234567"
    addresses = {"email": "a@example.co", "sms": number, "whatsapp": number, "push": "token"}
    for name, address in addresses.items():
        assert FILE == (await channels[name].send(outgoing(name, address))).provider

    assert [path.suffix for path in files(tmp_path)] == [".eml", ".json", ".json", ".json"]
    assert set(channels) == {"email", "sms", "whatsapp", "push", "inbox", "print"}


async def test_capturing_gives_mail_to_the_catcher_on_this_machine(policy: Policy, tmp_path: Path) -> None:
    async with SmtpServer() as server:
        where = f"127.0.0.1:{server.port}"
        channels = channels_of(settings(HUB_CAPTURE_DIR=str(tmp_path), HUB_CAPTURE_SMTP=where), policy)
        taken = await channels["email"].send(outgoing())
        await channels["email"].aclose()

    assert FILE == taken.provider
    assert [mail.sender for mail in server.mails] == [policy.company.email]
    assert files(tmp_path) == []


def test_live_has_the_channels_that_are_configured_and_no_others(policy: Policy) -> None:
    channels = channels_of(
        settings(HUB_MODE="live", HUB_EMAIL_URL="smtp://127.0.0.1:25 smtp://127.0.0.1:26"), policy
    )

    email = channels["email"]
    assert isinstance(email, Failover)
    assert [(provider.name, type(provider.channel)) for provider in email.providers] == [
        ("smtp", EmailChannel),
        ("smtp-2", EmailChannel),
    ]
    assert {*channels} == {"email", "inbox", "print"}


def test_each_url_has_its_rate_and_those_of_one_kind_a_number(policy: Policy, tmp_path: Path) -> None:
    urls = f"smtp://127.0.0.1?rate=5/s smtps://127.0.0.1 file://{tmp_path}?rate=100/h"
    email = channels_of(settings(HUB_MODE="live", HUB_EMAIL_URL=urls), policy)["email"]

    assert isinstance(email, Failover)
    assert [(provider.name, provider.rate) for provider in email.providers] == [
        ("smtp", Rate(5, timedelta(seconds=1))),
        ("smtp-2", None),
        ("file", Rate(100, timedelta(hours=1))),
    ]


async def test_live_reaches_the_providers_that_the_urls_name(policy: Policy, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        smtp = await stack.enter_async_context(SmtpServer())
        twilio = await stack.enter_async_context(TwilioServer())
        fcm = await stack.enter_async_context(FcmServer())
        channels = channels_of(
            settings(
                HUB_MODE="live",
                HUB_EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}?from=avisos+hub@conjunto.example",
                HUB_SMS_URL=twilio.url,
                HUB_PUSH_URL=fcm.url(fcm.credentials(tmp_path)),
                HUB_PUBLIC_URL="https://hub.example",
            ),
            policy,
        )
        text = outgoing("sms", "+573001234567")
        await channels["email"].send(outgoing())
        await channels["sms"].send(text)
        await channels["push"].send(outgoing("push", "token"))
        for channel in channels.values():
            await channel.aclose()

    assert [mail.sender for mail in smtp.mails] == ["avisos+hub@conjunto.example"]
    assert [found.callback for found in twilio.texts] == [
        f"https://hub.example/hooks/twilio?message={text.message.id}"
    ]
    assert [push["token"] for push in fcm.pushes] == ["token"]
    assert [*smtp.violations, *twilio.violations, *fcm.violations] == []


@pytest.mark.parametrize(
    ("sms_host", "public_url", "asked"),
    [
        ("api.twilio.example", "https://hub.example", True),
        ("api.twilio.example", "http://127.0.0.1:8080", False),
        ("127.0.0.1:9", "http://127.0.0.1:8080", True),
    ],
)
def test_reports_are_asked_for_only_where_the_provider_can_bring_them(
    policy: Policy, sms_host: str, public_url: str, asked: bool
) -> None:
    url = f"twilio+http://AC1:secret@{sms_host}?from={NUMBER}"

    channel = channels_of(settings(HUB_MODE="live", HUB_SMS_URL=url, HUB_PUBLIC_URL=public_url), policy)[
        "sms"
    ]

    assert isinstance(channel, Failover)
    [provider] = channel.providers
    assert isinstance(provider.channel, TwilioChannel)
    assert (provider.channel._callback is not None) == asked
    assert channel.traits.confirms == asked


@pytest.mark.parametrize(
    ("host", "public_url", "confirms"),
    [
        ("api.aggregator.example", "https://hub.example", True),
        ("api.aggregator.example", "http://127.0.0.1:8080", False),
        ("127.0.0.1:9", "http://127.0.0.1:8080", True),
    ],
)
def test_a_described_provider_confirms_where_it_can_bring_receipts(
    policy: Policy, host: str, public_url: str, confirms: bool
) -> None:
    environ = {
        "HUB_MODE": "live",
        "HUB_SMS_URL": f"http+http://user:secret@{host}?spec={EXAMPLE}&from=890123",
        "HUB_PUBLIC_URL": public_url,
        "HUB_SECRET": "a secret",
    }

    assert confirms == channels_of(settings(**environ), policy)["sms"].traits.confirms


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("", False),
        ("twilio+https://a:b@c?from=+57", False),
        ("twilio+https://a:b@c?from=+57&two_way=true", True),
        (f"http+https://a:b@c?spec={EXAMPLE}&two_way=true twilio+https://a:b@c?from=+57&two_way=true", True),
        (
            f"http+https://a:b@c?spec={EXAMPLE}&two_way=false twilio+https://a:b@c?from=+57&two_way=true",
            False,
        ),
    ],
)
def test_texts_can_be_answered_where_every_sender_is_two_way(urls: str, expected: bool) -> None:
    assert expected == texts_can_be_answered(settings(HUB_MODE="live", HUB_SMS_URL=urls))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HUB_MODE": "live", "HUB_EMAIL_URL": "smtp://mail.example?from=a@b.example"}, "a@b.example"),
        ({"HUB_MODE": "live", "HUB_EMAIL_URL": "smtp://mail.example"}, None),
        ({"HUB_MODE": "live", "HUB_EMAIL_URL": "file:///tmp/x"}, None),
        ({"HUB_EMAIL_URL": "smtp://mail.example?from=a@b.example"}, None),
    ],
)
def test_mail_comes_from_the_url_s_address_or_the_company_s(
    policy: Policy, environment: dict[str, str], expected: str | None
) -> None:
    assert sender_address(settings(**environment), policy) == (expected or policy.company.email)


@pytest.mark.parametrize(
    ("name", "url", "complaint"),
    [
        ("HUB_EMAIL_URL", "imap://mail.example", "must begin with one of smtp://"),
        ("HUB_EMAIL_URL", "smtp://?from=a@b.example", "the host is missing"),
        ("HUB_EMAIL_URL", "smtp://mail.example?starttls=perhaps", "starttls= is one of auto, always, never"),
        ("HUB_EMAIL_URL", "smtp://mail.example?tls=1", "known: ?starttls=, ?from="),
        ("HUB_EMAIL_URL", "smtp://mail.example?from=nobody", "is not an e-mail address"),
        ("HUB_EMAIL_URL", "smtp://u:12?S3CRET=y@mail.example", "an @ stands where none"),
        ("HUB_EMAIL_URL", "file://relative/dir", "three slashes"),
        ("HUB_EMAIL_URL", "smtp://mail.example?rate=fast", "?rate= is like 20/s"),
        ("HUB_EMAIL_URL", "smtp://mail.example smtp://other.example?tls=1", "known: ?starttls="),
        ("HUB_SMS_URL", "twilio+https://api.example?from=+15005550006", "SID:TOKEN"),
        ("HUB_SMS_URL", "twilio+https://AC1:S3CRET@api.example", "?from= is missing"),
        ("HUB_SMS_URL", "twilio+https://AC1:S3CRET@api.example?from=+57&two_way=1", "true or false"),
        ("HUB_SMS_URL", "http+https://u:S3CRET@api.example", "?spec= is missing"),
        ("HUB_SMS_URL", f"http+https://u:S3CRET@api.example?spec={EXAMPLE}", "HUB_SECRET"),
        ("HUB_PUSH_URL", "fcm+https://fcm.example", "?credentials= is missing"),
        ("HUB_PUSH_URL", "fcm+https://fcm.example?credentials=/no/such/file", "cannot be read"),
    ],
)
def test_a_wrong_url_names_its_setting_and_hides_its_secret(
    policy: Policy, name: str, url: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        channels_of(settings(HUB_MODE="live", **{name: url}), policy)

    assert complaint in str(caught.value)
    assert name in str(caught.value)
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("channel", "address", "allowed"),
    [
        ("email", "maria@example.co", True),
        ("email", "MARIA@Example.co", True),
        ("email", "otra@example.co", False),
        ("email", "nadie@conjunto.example", True),
        ("email", "nadie@otro.conjunto.example", False),
        ("email", "nadie@conjunto.example.evil", False),
        ("sms", "+573001234567", True),
        ("sms", "+573001234568", False),
        ("push", "aDeviceToken-0123456789", True),
        ("push", "another-0123456789abcdef", False),
    ],
)
async def test_allowlist_sends_only_to_listed_recipients(
    policy: Policy, tmp_path: Path, channel: str, address: str, allowed: bool
) -> None:
    recipients = "maria@example.co *@conjunto.example +573001234567 push:aDeviceToken-0123456789"
    urls = {PROVIDERS[name]: f"file://{tmp_path}" for name in BUILDERS}
    channels = channels_of(settings(HUB_MODE="allowlist", HUB_ALLOW_RECIPIENTS=recipients, **urls), policy)

    reason = await reason_of(channels[channel].send(outgoing(channel, address)))

    assert reason == (None if allowed else "not_allowed_here")
    assert len(files(tmp_path)) == allowed
    assert isinstance(channels[channel], Allowlisted)


async def reason_of(sending: Awaitable[Any]) -> str | None:
    try:
        await sending
    except PermanentFailure as exc:
        return exc.reason
    return None


class ClosedOnce(Outbox):
    closed = 0

    async def aclose(self) -> None:
        self.closed += 1


async def test_a_guard_closes_what_it_guards(tmp_path: Path) -> None:
    inner = ClosedOnce(tmp_path, SMS_TRAITS, render=as_json, suffix=".json")

    await Allowlisted(inner, ["+573001234567"]).aclose()

    assert 1 == inner.closed


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda path: path.suffix)


def test_unreadable_url_is_not_quoted_with_half_a_password() -> None:
    with pytest.raises(ConfigurationError, match="written as %2F") as caught:
        parse_smtp("smtp://user:S3C/RET@mail.example", setting="HUB_EMAIL_URL")

    assert "S3C" not in str(caught.value)
