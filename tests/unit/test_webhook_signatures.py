"""Signatures of webhooks, and the two secrets that count during a rotation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from hub.access.webhook_signatures import (
    body_signature,
    is_body_of_twilio,
    is_body_signature,
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

VECTORS: Final[Any] = json.loads(
    (Path(__file__).parents[1] / "vectors/twilio_signature.json").read_text(encoding="utf-8")
)
URL: Final = "https://hub.example/hooks/twilio?message=1"
FORM: Final = [("MessageStatus", "delivered"), ("To", "+573001234567")]

every_row: Final = pytest.mark.parametrize("row", VECTORS["rows"], ids=lambda row: row["id"])


def pairs(row: Any) -> list[tuple[str, str]]:
    values = {name: [value] if isinstance(value, str) else value for name, value in row["params"].items()}
    return [(name, value) for name, each in values.items() for value in each]


def verified(given: str, *, token: str = "12345", url: str = URL, form: Any = FORM) -> bool:
    return is_from_twilio(given, tokens=[token], url=url, form=form)


@every_row
def test_a_form_is_signed_as_twilio_signs_it(row: Any) -> None:
    assert row["signature"] == twilio_signature(row["auth_token"], row["url"], pairs(row))


@every_row
def test_twilio_signature_is_valid_in_any_order_of_fields(row: Any) -> None:
    form = pairs(row)[::-1]

    assert verified(row["signature"], token=row["auth_token"], url=row["url"], form=form)


@pytest.mark.parametrize(
    ("seen", "known"),
    [
        ("https://hub.example:443/x", "https://hub.example/x"),
        ("https://hub.example/x", "https://hub.example:443/x"),
        ("https://hub.example/x", "https://hub.example:8443/x"),
        ("http://[::1]:80/x", "http://[::1]/x"),
    ],
)
def test_twilio_signature_is_valid_with_or_without_port(seen: str, known: str) -> None:
    assert verified(twilio_signature("12345", seen, FORM), url=known)


@pytest.mark.parametrize(
    ("seen", "known"),
    [
        ("https://hub.example:8443/x", "https://hub.example/x"),
        ("https://hub.example:8443/x", "https://hub.example:9443/x"),
        ("http://hub.example/x", "https://hub.example/x"),
        ("https://hub.example/x", "https://hub.example/y"),
        ("https://hub.example/x?message=1", "https://hub.example/x?message=2"),
    ],
)
def test_another_address_is_another_signature(seen: str, known: str) -> None:
    assert not verified(twilio_signature("12345", seen, FORM), url=known)


def test_changed_added_or_removed_field_invalidates_the_signature() -> None:
    given = twilio_signature("12345", URL, FORM)

    assert verified(given)
    assert not verified(given, form=[("MessageStatus", "failed"), FORM[1]])
    assert not verified(given, form=[*FORM, ("ErrorCode", "")])
    assert not verified(given, form=FORM[:1])


def test_any_of_several_tokens_may_have_signed_and_no_other() -> None:
    given = twilio_signature("new", URL, FORM)

    assert is_from_twilio(given, tokens=["old", "new"], url=URL, form=FORM)
    assert not is_from_twilio(given, tokens=["old"], url=URL, form=FORM)
    assert not is_from_twilio(given, tokens=[], url=URL, form=FORM)


@pytest.mark.parametrize("given", ["", "=", "ñ", "\udcff", "0" * 10_000])
def test_invalid_signature_is_refused(given: str) -> None:
    assert not verified(given)


def test_json_body_is_verified_by_its_hash_in_the_url() -> None:
    body, digest = VECTORS["json_body"]["body"].encode(), VECTORS["json_body"]["bodySHA256"]

    assert is_body_of_twilio(f"{URL}&bodySHA256={digest}", body)
    assert is_body_of_twilio(f"{URL}&bodySHA256={digest.upper()}", body)


@pytest.mark.parametrize("query", ["", "&bodySHA256=", "&bodySHA256=0", "&bodySHA256=%ff", "&bodySHA256=ñ"])
def test_a_json_body_of_another_address_is_refused(query: str) -> None:
    assert not is_body_of_twilio(URL + query, VECTORS["json_body"]["body"].encode())


def test_a_raw_body_is_signed_in_hexadecimal_or_base64() -> None:
    # RFC 4231, test case 2.
    digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    signed: dict[str, Any] = {
        "secret": "Jefe",
        "body": b"what do ya want for nothing?",
        "algorithm": "sha256",
    }

    assert is_body_signature(digest, **signed, encoding="hex")
    assert is_body_signature(digest.upper(), **signed, encoding="hex")
    assert is_body_signature("W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=", **signed, encoding="base64")
    assert not is_body_signature(digest, **{**signed, "body": b"another"}, encoding="hex")
    assert not is_body_signature("\udcff", **signed, encoding="hex")


HOOKS = "https://hub.example/hooks"
DELIVERED = [("MessageStatus", "delivered")]
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
        if is_from_twilio(twilio_signature(token, HOOKS, DELIVERED), tokens=tokens, url=HOOKS, form=DELIVERED)
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
