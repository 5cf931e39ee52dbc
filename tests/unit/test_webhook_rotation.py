"""During a rotation, a provider's hook accepts two secrets; outgoing calls use the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.access.webhook_signatures import (
    body_signature,
    is_from_meta,
    is_from_twilio,
    meta_signature,
    twilio_signature,
)
from hub.channels.sms.spec import BodySignature
from hub.channels.sms.spec_loader import read_hooks
from hub.channels.sms.twilio_reports import twilio_tokens
from hub.channels.urls import parse_generic, parse_twilio, parse_whatsapp
from hub.channels.whatsapp.reports import keys_of
from hub.errors import ConfigurationError
from hub.settings import Settings, load

URL = "https://hub.example/hooks"
FORM = [("MessageStatus", "delivered")]
BODY = b'{"estado": "ENTREGADO"}'
DESCRIBED = """
name = "acme"
[request]
path = "/sms"
auth = "basic"
form = { to = "{to}", text = "{text}" }
[accepted]
reference = "id"
[receipts]
format = "json"
id = "ref"
status = "status"
[receipts.states]
OK = "delivered"
[receipts.hmac]
header = "X-Signature"
"""


def live(**environ: str) -> Settings:
    return load({"HUB_MODE": "live", "HUB_SECRET": "a secret", **environ})


@pytest.mark.parametrize(("also", "taken"), [("&also=OLD", {"NEW", "OLD"}), ("", {"NEW"})])
def test_twilio_reports_pass_with_either_token_during_rotation(also: str, taken: set[str]) -> None:
    url = f"twilio+https://SID:NEW@api.twilio.com?from=+573001234567{also}"
    tokens = twilio_tokens(live(HUB_SMS_URL=url))

    assert taken == {
        token
        for token in ("NEW", "OLD", "ANOTHER")
        if is_from_twilio(twilio_signature(token, URL, FORM), tokens=tokens, url=URL, form=FORM)
    }
    assert parse_twilio(url, setting="HUB_SMS_URL").token == "NEW"


@pytest.mark.parametrize(("also", "taken"), [("&also=OLD", {"NEW", "OLD"}), ("", {"NEW"})])
def test_meta_reports_pass_with_either_app_secret_during_rotation(also: str, taken: set[str]) -> None:
    url = f"whatsapp+https://TOKEN@graph.facebook.com?phone=1&secret=NEW{also}"
    secrets = keys_of(live(HUB_WHATSAPP_URL=url)).secrets

    assert taken == {
        secret
        for secret in ("NEW", "OLD", "ANOTHER")
        if is_from_meta(meta_signature(secret, BODY), secrets=secrets, body=BODY)
    }
    assert parse_whatsapp(url, setting="HUB_WHATSAPP_URL").token == "TOKEN"


@pytest.mark.parametrize(
    ("secret", "query", "taken"),
    [
        ('secret = "{password}"', "&also=OLD", {"NEW", "OLD"}),
        ('secret = "{password}"', "", {"NEW"}),
        ('secret = "NEW"\nalso = "OLD"', "", {"NEW", "OLD"}),
        ('secret = "NEW"', "", {"NEW"}),
    ],
)
def test_spec_provider_calls_pass_with_either_secret_during_rotation(
    tmp_path: Path, secret: str, query: str, taken: set[str]
) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(f"{DESCRIBED}{secret}\n", "utf-8")
    url = f"http+https://USER:NEW@api.example?spec={file}{query}"
    hook = read_hooks(live(HUB_SMS_URL=url))["acme"]
    rules = hook.spec.receipts and hook.spec.receipts.hmac

    assert isinstance(rules, BodySignature)
    assert taken == {
        word
        for word in ("NEW", "OLD", "ANOTHER")
        if hook.is_signed(rules, body_signature(word, BODY, algorithm="sha256", encoding="hex"), BODY)
    }
    assert parse_generic(url, setting="HUB_SMS_URL").account == {"user": "USER", "password": "NEW"}


def test_a_secret_of_the_file_that_needs_the_password_needs_it_in_the_url(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(f'{DESCRIBED}secret = "NEW"\nalso = "{{password}}"\n', "utf-8")

    with pytest.raises(ConfigurationError, match=r"needs \{password\}"):
        read_hooks(live(HUB_SMS_URL=f"http+https://USER@api.example?spec={file}"))
