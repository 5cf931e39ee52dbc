"""Any mail of a stranger has a meaning or a reason, raises nothing, and takes little time."""

from __future__ import annotations

import time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inbound.mail.classify import Ignored, Meaning
from hub.inbound.mail.parsing import MOST_PARTS
from hub.model import BounceReport, Complaint, Reply
from tests.unit.letters import BOUNCES, DOMAIN, ID, REPLIES, answer, complaint, dsn, group, meaning

ADDRESSES: Final = st.sampled_from([BOUNCES, REPLIES, f"postmaster@{DOMAIN}"])
SAMPLES: Final = [
    dsn(group("failed", "5.1.1", "smtp; 550 no")).encode(),
    complaint(fields=f"Original-Mail-From: <{BOUNCES}>").encode(),
    answer("Hola\n\nEl 9/03/26, Hub escribió:\n> Hola").encode(),
    answer("<p>Hola</p>", kind="text/html; charset=utf-8").encode(),
]
LINES: Final = st.sampled_from(
    [
        b"From: ",
        b"From: =?utf-8?q?=",
        b"Subject: =?x?b?////?=",
        b"Message-ID: <",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=",
        b'Content-Type: multipart/mixed; boundary="B',
        b"Content-Type: message/rfc822",
        b"Content-Type: message/delivery-status",
        b"Content-Type: message/feedback-report",
        b"Content-Type: text/plain; charset*=utf-8''%ff",
        b"Content-Type: text/html; charset=\xff",
        b"Content-Type: ;;;=",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: uuencode",
        b"Content-Disposition: attachment; filename*0*=",
        b"Status: 5.1.1",
        b"Action: failed\0",
        b"Feedback-Type: abuse",
        b"Auto-Submitted: \xff",
        b"--B",
        b"--B--",
        b"begin 644 x",
        b"====",
        b"",
        b"",
        b" folded",
        b"\0\xff\xfe",
    ]
)


def is_sound(found: Meaning) -> None:
    match found:
        case Ignored():
            assert found.reason.isidentifier()
        case BounceReport():
            assert ID == found.message_id
            assert all(storable(loss.code, loss.status) for loss in found.losses)
        case Complaint():
            assert ID == found.message_id
        case Reply():
            assert ID == found.message_id
            assert found.reference
            assert storable(
                found.text, found.subject, found.address, found.reference, found.in_reply_to or ""
            )


def storable(*texts: str) -> bool:
    return all("\0" not in text and text.encode() == text.encode("utf-8", "replace") for text in texts)


@given(st.binary(max_size=2000), ADDRESSES)
def test_any_octets_have_a_meaning(content: bytes, to: str) -> None:
    is_sound(meaning(content, to=to))


@given(st.lists(LINES | st.binary(max_size=30), max_size=40), st.sampled_from([b"\r\n", b"\n"]), ADDRESSES)
def test_lines_of_mail_in_any_order_mean_something(lines: list[bytes], end: bytes, to: str) -> None:
    is_sound(meaning(end.join(lines), to=to))


@given(st.sampled_from(SAMPLES), st.data(), ADDRESSES)
def test_a_mail_that_was_damaged_on_the_way_means_something(
    sample: bytes, data: st.DataObject, to: str
) -> None:
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, len(sample)))
    damage = data.draw(st.binary(max_size=20))

    is_sound(meaning(sample[:start] + damage + sample[end:], to=to))


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
        + b"--B\r\nContent-Type: text/plain\r\n\r\n" * 50_000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (depth, depth)
            for depth in range(MOST_PARTS)
        )
        + b"x\r\n" * 200_000,
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        b"Subject: " + b"=?utf-8?q?a?= " * 300_000 + b"\r\n\r\n",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\r\r--%d\r" % (depth, depth) for depth in range(2000)
        )
        + b"x\r\n" * 200_000,
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\n\n" * 1_000_000,
        b"Content-Type: multipart/digest; boundary=B\r\n\r\n" + b"--B\n\na:b\n\n" * 500_000,
        b"Content-Type: message/delivery-status\r\n\r\n" + b"a:b\n\n" * 1_000_000,
        b"X: y\r\n" * 300_000,
        b"From: " + b"(" * 500_000 + b"\r\n\r\n",
        b"From: " + b"a@b.co," * 500_000 + b"\r\n\r\n",
        b"Content-Type: text/plain" + b"; a*0=x" * 20_000 + b"\r\n\r\nHola",
    ],
    ids=[
        "parts",
        "nested",
        "forwarded",
        "words",
        "nested by another line end",
        "parts without a kind",
        "digests",
        "fates",
        "headers",
        "comments",
        "addresses",
        "parameters",
    ],
)
def test_hostile_mail_is_parsed_quickly(content: bytes) -> None:
    began = time.thread_time()
    is_sound(meaning(content[: 5 * 1024 * 1024]))

    assert time.thread_time() - began < 5


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822", "message/delivery-status"])
def test_part_with_an_unknown_charset_has_a_meaning(kind: str) -> None:
    """The stdlib raises for such a name if the octets are not ASCII."""
    report = dsn(group("failed", "5.1.1"), returned="Subject: é", kind=f"{kind}; charset*=utf-8''%ff")

    is_sound(meaning(report.encode("latin-1"), to=f"postmaster@{DOMAIN}"))
