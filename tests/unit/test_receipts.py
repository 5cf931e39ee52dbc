from __future__ import annotations

import json
from typing import Final
from uuid import UUID

import pytest

from hub.channels.http_calls import Answer
from hub.channels.sms.twilio import failure
from hub.channels.sms.twilio_reports import read_report, twilio_tokens
from hub.errors import TransientFailure
from hub.model import Receipt, State
from hub.settings import load

ID: Final = UUID(int=7)
SID: Final = "SM" + "0" * 31 + "1"


def read(**form: str) -> Receipt | None:
    return read_report(ID, form)


@pytest.mark.parametrize(
    ("form", "state", "reason", "code"),
    [
        ({"MessageStatus": "delivered"}, State.DELIVERED, None, "delivered"),
        ({"MessageStatus": "read"}, State.READ, None, "read"),
        (
            {"MessageStatus": "undelivered", "ErrorCode": "30005"},
            State.FAILED,
            "twilio_30005",
            "undelivered 30005",
        ),
        ({"MessageStatus": "failed", "ErrorCode": "30008"}, State.FAILED, "twilio_30008", "failed 30008"),
        ({"MessageStatus": "failed", "ErrorCode": "30500"}, State.FAILED, "twilio_30500", "failed 30500"),
        (
            {"MessageStatus": "undelivered", "ErrorCode": "60005"},
            State.FAILED,
            "twilio_60005",
            "undelivered 60005",
        ),
        ({"MessageStatus": "canceled"}, State.FAILED, "twilio_canceled", "canceled"),
        ({"MessageStatus": "failed"}, State.FAILED, "twilio_failed", "failed"),
        (
            {"MessageStatus": "undelivered", "ErrorCode": ""},
            State.FAILED,
            "twilio_undelivered",
            "undelivered",
        ),
    ],
)
def test_report_sets_the_state_of_the_message(
    form: dict[str, str], state: State, reason: str | None, code: str
) -> None:
    expected = Receipt(
        message_id=ID,
        state=state,
        provider="twilio",
        reason=reason,
        reference=SID,
        code=code,
        gone="30005" in code,
    )

    assert expected == read(**form, MessageSid=SID)


@pytest.mark.parametrize(("code", "reason"), [(30500, "internal"), (60005, "provider_unknown")])
def test_fault_of_twilio_or_of_a_carrier_is_tried_again_and_spares_the_number(code: int, reason: str) -> None:
    """twilio.com/docs/api/errors/30500: "Try sending the message again"; /60005: no word of the carrier."""
    body = json.dumps({"code": code, "message": "No", "status": 400}).encode()
    found = failure(Answer(status=400, body=body))

    assert (TransientFailure, reason) == (type(found), found.reason)


@pytest.mark.parametrize("status", ["queued", "accepted", "sending", "sent", "scheduled", "", "Delivered"])
def test_intermediate_status_changes_nothing(status: str) -> None:
    assert read(MessageStatus=status) is None


def test_form_without_a_status_changes_nothing() -> None:
    assert read() is None


def test_free_text_where_a_code_or_an_id_belongs_is_not_kept() -> None:
    receipt = read(MessageStatus="failed", ErrorCode="to +573001234567", MessageSid="+573001234567")

    assert receipt is not None
    assert ("twilio_failed", None, "failed") == (receipt.reason, receipt.reference, receipt.code)


def test_every_twilio_account_of_the_settings_may_report() -> None:
    urls = "twilio+https://AC1:one@a.example?from=+57300 file:///tmp/x twilio+http://AC2:t%2Fwo@b.example?from=+57300"
    environ = {"HUB_MODE": "live", "HUB_SMS_URL": urls}

    assert ("one", "t/wo") == twilio_tokens(load(environ))


def test_capture_mode_accepts_no_reports() -> None:
    assert () == twilio_tokens(load({"HUB_SMS_URL": "twilio+https://AC1:one@a.example?from=+57300"}))
