"""Reports about sent mail: bounces, delays, complaints."""

from __future__ import annotations

from typing import Any

import pytest

from hub.channels.email.verdicts import GONE
from hub.inbound.mail.classify import Ignored
from hub.model import Complaint, Receipt, State
from tests.unit.letters import (
    AT,
    BOUNCES,
    DOMAIN,
    ID,
    OTHER,
    REPLIES,
    VECTORS,
    VERP,
    complaint,
    dsn,
    group,
    meaning,
)

FAILED = group("failed", "5.1.1", "smtp; 550 5.1.1 <maria@example.net>: no such user")
POSTMASTER = f"postmaster@{DOMAIN}"


def bounced(reason: str, *, gone: bool, code: str = "") -> Receipt:
    return Receipt(message_id=ID, state=State.BOUNCED, provider="smtp", reason=reason, code=code, gone=gone)


@pytest.mark.parametrize("row", VECTORS["rfc3464"], ids=lambda row: row["id"])
def test_each_report_of_the_vectors_has_its_meaning(row: dict[str, Any]) -> None:
    found, status = meaning(row["message"].encode()), row["expect"]["status"]

    if row["expect"]["action"] == "failed":
        assert isinstance(found, Receipt)
        assert (ID, State.BOUNCED, f"dsn_{status}") == (found.message_id, found.state, found.reason)
        assert found.gone is ("suppress address" == row["expect"]["note"])
    else:
        assert Ignored(row["expect"]["action"]) == found


@pytest.mark.parametrize(
    "status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.2.1", "5.2.2", "5.7.1", "4.4.7", "5.0.0"]
)
def test_only_codes_of_invalid_addresses_suppress(status: str) -> None:
    assert bounced(f"dsn_{status}", gone=status in GONE) == meaning(dsn(group("failed", status)))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (group("failed", "5.0.0", "smtp; 550 5.1.1 no such user"), "dsn_5.1.1"),
        (group("failed", "5.0.0", "smtp; 450 4.2.2 full"), "dsn_5.0.0"),
        (group("failed", "", "smtp; 550 5.2.1 disabled"), "dsn_5.2.1"),
        (group("failed", "5.1.1 (no such user)"), "dsn_5.1.1"),
        (group("Failed", "no number"), "dsn_failed"),
        ("Action: failed", "dsn_failed"),
    ],
)
def test_the_most_exact_code_is_the_reason(fields: str, reason: str) -> None:
    found = meaning(dsn(fields))

    assert isinstance(found, Receipt)
    assert reason == found.reason


def test_diagnostic_is_stored_without_addresses() -> None:
    assert bounced("dsn_5.1.1", gone=True, code="smtp; 550 5.1.1 <…>: no such user") == meaning(dsn(FAILED))


@pytest.mark.parametrize("arrived", ["delivered", "relayed", "expanded"])
def test_a_mail_that_arrived_for_one_of_several_is_not_lost(arrived: str) -> None:
    assert Ignored(arrived) == meaning(dsn(FAILED, group(arrived, "2.0.0")))


def test_the_first_failure_of_several_is_the_reason() -> None:
    found = meaning(dsn(group("delayed", "4.4.1"), FAILED))

    assert isinstance(found, Receipt)
    assert "dsn_5.1.1" == found.reason


def test_address_decides_the_message_of_a_report() -> None:
    report = dsn(FAILED, envelope_id=VERP.envelope_id(OTHER), returned=f"Message-ID: <{OTHER}@x.example>")

    for address in (BOUNCES, REPLIES):
        found = meaning(report, to=address)
        assert isinstance(found, Receipt)
        assert ID == found.message_id


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_report_to_postmaster_is_matched_by_signed_fields(kind: str) -> None:
    by_envelope = dsn(FAILED, envelope_id=VERP.envelope_id(ID).upper())
    by_reply_to = dsn(FAILED, returned=f"Subject: x\nReply-To: Hub <{REPLIES}>\n", kind=kind)

    for report in (by_envelope, by_reply_to):
        found = meaning(report, to=POSTMASTER)
        assert isinstance(found, Receipt)
        assert ID == found.message_id


@pytest.mark.parametrize(
    "report",
    [
        dsn(FAILED, returned=f"Message-ID: <{ID}@coproservicios.example>"),
        dsn(FAILED, envelope_id=ID.hex),
        dsn(FAILED, envelope_id=f"{ID.hex}.{'0' * 20}"),
        dsn(FAILED, returned=f"Reply-To: r+{ID.hex}.{'0' * 20}@{DOMAIN}"),
        complaint(fields=f"Original-Mail-From: <b+{ID.hex}.{'0' * 20}@{DOMAIN}>"),
    ],
)
def test_report_without_a_valid_signature_changes_nothing(report: str) -> None:
    assert Ignored("unknown") == meaning(report, to=POSTMASTER)


@pytest.mark.parametrize(
    ("to", "report"),
    [
        (BOUNCES, complaint()),
        (POSTMASTER, complaint(fields=f"Original-Mail-From: <{BOUNCES}>")),
        (POSTMASTER, complaint(fields=f"Original-Envelope-Id: {VERP.envelope_id(ID)}")),
        (POSTMASTER, complaint(returned=f"Reply-To: {REPLIES}")),
        (POSTMASTER, complaint(returned=f"Return-Path: <{BOUNCES}>")),
    ],
)
def test_complaint_belongs_to_the_returned_message(to: str, report: str) -> None:
    expected = Complaint(channel="email", provider="smtp", message_id=ID, kind="abuse", at=AT)

    assert expected == meaning(report, to=to)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "", "x" * 500])
def test_feedback_that_is_no_complaint_is_ignored(kind: str) -> None:
    assert Ignored("no_complaint") == meaning(complaint(kind))


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ("From: MAILER-DAEMON@old.example", "<maria@x.co>: 550 5.1.1 unknown", "dsn_5.1.1"),
        ("From: postmaster@old.example", "The mailbox is full (5.2.2).", "dsn_5.2.2"),
        ("From: x@old.example\nX-Failed-Recipients: maria@x.co", "said: 550 no such user", "dsn_550"),
        ("From: x@old.example\nSubject: No se pudo entregar", "554-rejected", "dsn_554"),
        ("From: MAILER-DAEMON@old.example", "Warning: 4.4.1 not yet, 4 days more", "delayed"),
        ("From: MAILER-DAEMON@old.example", "Su cuota es de 550 000 pesos; 5.1.1.2", "unreadable_bounce"),
        ("From: MAILER-DAEMON@old.example", "", "unreadable_bounce"),
    ],
)
def test_bounce_without_a_report_is_read_best_effort(headers: str, body: str, expected: str) -> None:
    found = meaning(f"{headers}\n\n{body}\n")

    assert expected == (found.reason if isinstance(found, Receipt | Ignored) else found)


@pytest.mark.parametrize("fields", ["", "Action: \nStatus: ", "Action: exploded\nStatus: 9.9.9", "\n\n\n"])
def test_report_without_facts_is_unreadable(fields: str) -> None:
    assert Ignored("unreadable") == meaning(dsn(fields))
