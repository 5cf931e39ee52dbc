"""A push message as FCM takes it, and the file with which Google knows us."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hub.channels.push.fcm import MOST_BYTES, encode
from hub.channels.push.oauth import read_service_account
from hub.errors import ConfigurationError
from hub.model import Facts, Purpose, Rendered
from tests.providers.samples import AT, outgoing

DEVICE = "device-token"


@pytest.mark.parametrize(
    ("expires_at", "ttl", "apns"),
    [
        (None, "2419200s", int(AT.timestamp()) + 2_419_200),
        (AT + timedelta(days=365), "2419200s", int(AT.timestamp()) + 2_419_200),
        (AT - timedelta(hours=1), "0s", 0),
    ],
)
def test_the_life_of_a_push_stays_within_four_weeks(expires_at: datetime | None, ttl: str, apns: int) -> None:
    message = json.loads(encode(outgoing("push", DEVICE, expires_at=expires_at), now=AT))["message"]

    assert message["android"]["ttl"] == ttl
    assert message["apns"]["headers"]["apns-expiration"] == str(apns)


def test_a_title_that_is_too_long_is_shortened_too() -> None:
    message = outgoing("push", DEVICE, rendered=Rendered(subject="ñ" * 5000, text="b" * 5000))

    body = encode(message, now=AT)

    assert len(body) <= MOST_BYTES
    assert json.loads(body)["message"]["notification"]["title"].endswith("ñ…")


def test_a_text_that_just_fits_is_left_alone() -> None:
    bare = len(encode(outgoing("push", DEVICE, rendered=Rendered(subject="T", text="")), now=AT))
    text = "x" * (MOST_BYTES - bare)

    body = encode(outgoing("push", DEVICE, rendered=Rendered(subject="T", text=text)), now=AT)

    assert len(body) == MOST_BYTES
    assert json.loads(body)["message"]["notification"]["body"] == text


def test_push_of_a_survey_has_the_link_that_the_app_opens_and_no_other_has() -> None:
    words = Rendered(subject="T", text="t", facts=Facts(at=AT, link="https://hub.example.co/s/x"))
    sent = {
        purpose: json.loads(encode(outgoing("push", DEVICE, rendered=words, purpose=purpose), now=AT))
        for purpose in (Purpose.SURVEY, Purpose.INTERNAL)
    }

    assert "https://hub.example.co/s/x" == sent[Purpose.SURVEY]["message"]["data"]["link"]
    assert "link" not in sent[Purpose.INTERNAL]["message"]["data"]


def test_push_has_the_page_of_its_message_in_its_data_and_not_on_the_screen() -> None:
    page = "https://hub.example.co/mi/x"
    words = Rendered(subject="T", text="t", facts=Facts(at=AT, own_page=page))
    message = json.loads(encode(outgoing("push", DEVICE, rendered=words), now=AT))["message"]

    assert page == message["data"]["own_page"]
    assert {"title": "T", "body": "t"} == message["notification"]


def test_long_text_is_cut_and_the_page_is_not() -> None:
    page = "https://hub.example.co/mi/x"
    words = Rendered(subject="T", text="x" * MOST_BYTES, facts=Facts(at=AT, own_page=page))
    body = encode(outgoing("push", DEVICE, rendered=words), now=AT)

    assert len(body) <= MOST_BYTES
    assert page == json.loads(body)["message"]["data"]["own_page"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read: No such file"),
        ("{", "is not a service account's file"),
        ('{"project_id": "p"}', "is not a service account's file"),
        (
            '{"project_id": "p", "client_email": "e", "token_uri": "u", "private_key": "SECRET"}',
            "the private key in",
        ),
    ],
)
def test_credentials_that_cannot_be_used_are_named_without_their_content(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    path = tmp_path / "account.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ConfigurationError, match=complaint) as caught:
        read_service_account(path, setting="HUB_PUSH_URL")

    assert str(caught.value).startswith("HUB_PUSH_URL: ")
    assert "SECRET" not in str(caught.value)
