"""Reports about sent mail: bounces, delays, complaints; and the addresses that name a message."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access.keyring import KeyRing
from hub.channels.email.mime import wire_address
from hub.channels.email.verp import AddressKind, Mark, Verp
from hub.inbound.mail.classify import Ignored
from hub.model import BounceReport, Complaint, Loss
from hub.settings import Secret
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


MARIA = frozenset({"maria@example.net"})


def lost(*losses: Loss) -> BounceReport:
    return BounceReport(message_id=ID, losses=losses, at=AT)


def loss(status: str, code: str = "", recipients: frozenset[str] = MARIA) -> Loss:
    return Loss(recipients=recipients, status=status, code=code)


def statuses(report: str, **where: str) -> list[str]:
    found = meaning(report, **where)
    assert isinstance(found, BounceReport)
    return [each.status for each in found.losses]


@pytest.mark.parametrize("row", VECTORS["rfc3464"], ids=lambda row: row["id"])
def test_each_report_of_the_vectors_has_its_meaning(row: dict[str, Any]) -> None:
    found, status = meaning(row["message"].encode()), row["expect"]["status"]

    if row["expect"]["action"] == "failed":
        assert isinstance(found, BounceReport)
        assert [status] == [each.status for each in found.losses]
        assert "maria@example.net" in found.losses[0].recipients
    else:
        assert Ignored(row["expect"]["action"]) == found


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        (group("failed", "5.0.0", "smtp; 550 5.1.1 no such user"), "5.1.1"),
        (group("failed", "5.0.0", "smtp; 450 4.2.2 full"), "5.0.0"),
        (group("failed", "", "smtp; 550 5.2.1 disabled"), "5.2.1"),
        (group("failed", "5.1.1 (no such user)"), "5.1.1"),
        (group("Failed", "no number"), ""),
        ("Action: failed", ""),
    ],
)
def test_the_most_exact_code_is_the_status(fields: str, status: str) -> None:
    assert [status] == statuses(dsn(fields))


@pytest.mark.parametrize(
    ("fields", "recipients"),
    [
        ("Final-Recipient: rfc822; <Maria@Example.NET>", {"maria@example.net"}),
        (
            "Original-Recipient: rfc822;maria+2Bcasa@example.net\nFinal-Recipient: rfc822; m@otra.example",
            {"maria+2bcasa@example.net", "maria+casa@example.net", "m@otra.example"},
        ),
        ("Final-Recipient: rfc822; maria", set()),
        ("Final-Recipient:", set()),
    ],
)
def test_recipients_of_a_report_are_comparable(fields: str, recipients: set[str]) -> None:
    assert lost(loss("5.1.1", recipients=frozenset(recipients))) == meaning(
        dsn(f"{fields}\nAction: failed\nStatus: 5.1.1")
    )


def test_diagnostic_is_stored_without_addresses() -> None:
    assert lost(loss("5.1.1", "smtp; 550 5.1.1 <…>: no such user")) == meaning(dsn(FAILED))


@pytest.mark.parametrize("arrived", ["delivered", "relayed", "expanded"])
def test_a_mail_that_arrived_for_one_of_several_is_not_lost(arrived: str) -> None:
    assert Ignored(arrived) == meaning(dsn(FAILED, group(arrived, "2.0.0")))


def test_each_failure_of_several_is_read() -> None:
    assert ["5.1.1", "5.7.1"] == statuses(dsn(group("delayed", "4.4.1"), FAILED, group("failed", "5.7.1")))


def test_address_decides_the_message_of_a_report() -> None:
    report = dsn(FAILED, envelope_id=VERP.envelope_id(OTHER), returned=f"Message-ID: <{OTHER}@x.example>")
    found = meaning(report)

    assert isinstance(found, BounceReport)
    assert ID == found.message_id


INFORMAL = "From: MAILER-DAEMON@old.example\n\n<maria@example.net>: 550 5.1.1 unknown\n"


@pytest.mark.parametrize("report", [dsn(FAILED), INFORMAL])
@pytest.mark.parametrize(
    ("to", "sender"),
    [(REPLIES, ""), (BOUNCES, "mallory@example.co"), (REPLIES, "mallory@example.co")],
)
def test_report_to_another_address_or_with_a_sender_changes_nothing(
    report: str, to: str, sender: str
) -> None:
    assert Ignored("misdirected") == meaning(report, to=to, sender=sender)


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_report_to_postmaster_changes_nothing_with_any_names(kind: str) -> None:
    by_envelope = dsn(FAILED, envelope_id=VERP.envelope_id(ID))
    by_reply_to = dsn(FAILED, returned=f"Subject: x\nReply-To: Hub <{REPLIES}>\n", kind=kind)

    for report in (by_envelope, by_reply_to):
        assert Ignored("unknown") == meaning(report, to=POSTMASTER)


@pytest.mark.parametrize(
    "report",
    [
        complaint(fields=f"Original-Mail-From: <b+{ID.hex}.{'0' * 20}@{DOMAIN}>"),
        complaint(returned=f"Reply-To: r+{ID.hex}.{'0' * 20}@{DOMAIN}"),
        complaint(returned=f"Message-ID: <{ID}@coproservicios.example>"),
    ],
)
def test_complaint_without_a_valid_signature_changes_nothing(report: str) -> None:
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
    found = meaning(report, to=to)

    assert isinstance(found, Complaint)
    assert (ID, "abuse", AT) == (found.message_id, found.kind, found.at)


@pytest.mark.parametrize(
    ("report", "recipients"),
    [
        (complaint(fields="Original-Rcpt-To: <Maria@example.net>"), {"maria@example.net"}),
        (complaint(returned="Subject: x\nTo: María <maria@example.net>"), {"maria@example.net"}),
        (complaint(), set()),
    ],
)
def test_complaint_names_whom_its_mail_was_sent_to(report: str, recipients: set[str]) -> None:
    found = meaning(report)

    assert isinstance(found, Complaint)
    assert recipients == found.recipients


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "", "x" * 500])
def test_feedback_that_is_no_complaint_is_ignored(kind: str) -> None:
    assert Ignored("no_complaint") == meaning(complaint(kind))


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ("From: MAILER-DAEMON@old.example", "<maria@x.co>: 550 5.1.1 unknown", "5.1.1"),
        ("From: postmaster@old.example", "The mailbox is full (5.2.2).", "5.2.2"),
        ("From: x@old.example\nX-Failed-Recipients: maria@x.co", "said: 550 no such user", "550"),
        ("From: x@old.example\nSubject: No se pudo entregar", "554-rejected", "554"),
        ("From: MAILER-DAEMON@old.example", "Warning: 4.4.1 not yet, 4 days more", "delayed"),
        ("From: MAILER-DAEMON@old.example", "Su cuota es de 550 000 pesos; 5.1.1.2", "unreadable_bounce"),
        ("From: MAILER-DAEMON@old.example", "", "unreadable_bounce"),
    ],
)
def test_bounce_without_a_report_is_read_best_effort(headers: str, body: str, expected: str) -> None:
    found = meaning(f"{headers}\n\n{body}\n")
    read = found.losses[0].status if isinstance(found, BounceReport) else found

    assert expected == (read.reason if isinstance(read, Ignored) else read)


def test_bounce_without_a_report_names_the_addresses_of_its_text() -> None:
    report = "From: MAILER-DAEMON@old.example\nX-Failed-Recipients: ana@x.co\n\n<maria@x.co>: 550 5.1.1 no\n"

    assert lost(loss("5.1.1", "<…>: 550 5.1.1 no", frozenset({"ana@x.co", "maria@x.co"}))) == meaning(report)


@pytest.mark.parametrize("fields", ["", "Action: \nStatus: ", "Action: exploded\nStatus: 9.9.9", "\n\n\n"])
def test_report_without_facts_is_unreadable(fields: str) -> None:
    assert Ignored("unreadable") == meaning(dsn(fields))


NEW, OLD = Secret("the new secret"), Secret("the old secret")
MARKED = Verp(DOMAIN, KeyRing([NEW, OLD]))
ONLY_NEW, ONLY_OLD = Verp(DOMAIN, KeyRing([NEW])), Verp(DOMAIN, KeyRing([OLD]))


@given(st.uuids())
def test_an_address_reads_back_as_its_message_in_any_letter_case(message_id: UUID) -> None:
    bounce, reply = MARKED.bounce_address(message_id), MARKED.reply_address(message_id)

    assert Mark(AddressKind.BOUNCE, message_id) == MARKED.read(bounce) == MARKED.read(bounce.upper())
    assert Mark(AddressKind.REPLY, message_id) == MARKED.read(reply) == MARKED.read(reply.title())
    assert message_id == MARKED.read_envelope_id(MARKED.envelope_id(message_id))
    assert wire_address(bounce) == bounce
    assert max(len(address.partition("@")[0]) for address in (bounce, reply)) <= 64


def test_all_secrets_verify_and_the_first_signs() -> None:
    message_id = uuid4()
    before = ONLY_OLD.bounce_address(message_id)

    assert Mark(AddressKind.BOUNCE, message_id) == MARKED.read(before)
    assert MARKED.bounce_address(message_id) == ONLY_NEW.bounce_address(message_id) != before
    assert ONLY_NEW.read(before) is None


def test_a_signature_holds_for_its_message_and_its_purpose_only() -> None:
    mine, other = MARKED.reply_address(uuid4()), MARKED.reply_address(uuid4())
    identity = other.partition("+")[2].partition(".")[0]

    assert MARKED.read(f"r+{identity}.{mine.partition('.')[2]}") is None
    assert MARKED.read(f"b{mine[1:]}") is None
    assert MARKED.read_envelope_id(mine[2:].partition("@")[0]) is None


@pytest.mark.parametrize("address", ["", "@", "b+@", "b@x", f"postmaster@{DOMAIN}", f"b+a.b@{DOMAIN}"])
def test_what_was_not_made_here_says_nothing(address: str) -> None:
    assert MARKED.read(address) is None


@given(st.text(max_size=80))
def test_no_local_part_is_read_by_chance(local: str) -> None:
    assert MARKED.read(f"{local}@{DOMAIN}") is None
    assert MARKED.read_envelope_id(local) is None


def test_another_domain_is_not_ours() -> None:
    address = MARKED.bounce_address(uuid4())

    assert MARKED.is_ours(address.upper())
    assert not MARKED.is_ours(address.replace("respuestas.", ""))
    assert MARKED.read(address.replace("respuestas.", "")) is None
