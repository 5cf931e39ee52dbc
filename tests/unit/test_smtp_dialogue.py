"""The SMTP dialogue without a network."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.email.dialogue import (
    LONGEST_LINE,
    Letter,
    MalformedReply,
    Offers,
    Reply,
    ReplyReader,
    Stage,
    TransactionResult,
    transaction,
    wire_content,
    xtext,
)
from tests.providers import report_rules

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "email_vectors.json").read_text("utf-8"))

STREAM = b"250-mail.test\r\n250-SIZE\r\n250 HELP\r\n354 Go on\r\n550 5.1.1 No\r\n250\r\n"
REPLIES = [
    Reply(250, b"mail.test\nSIZE\nHELP"),
    Reply(354, b"Go on"),
    Reply(550, b"5.1.1 No"),
    Reply(250, b""),
]
LETTER = Letter(
    sender=b"a@b.example",
    recipient=b"c@d.example",
    content=b"x\r\n.\r\n",
    size=3,
    utf8=False,
    envelope_id=b"msg-1",
)
OK, GO, NO = Reply(250, b"Ok"), Reply(354, b"Go"), Reply(550, b"No")


@given(st.lists(st.integers(min_value=0, max_value=len(STREAM)), max_size=8))
def test_replies_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    reader, edges = ReplyReader(), [0, *sorted(cuts), len(STREAM)]

    pieces = [STREAM[start:end] for start, end in pairwise(edges)]

    assert [reply for piece in pieces for reply in reader.feed(piece)] == REPLIES


@pytest.mark.parametrize(
    "stream",
    [
        b"HTTP/1.1 400 Bad\r\n",
        b"25\r\n",
        b"250x\r\n",
        b"\r\n",
        b"\xb2\xb2\xb2 x\r\n",
        b"x" * (LONGEST_LINE + 1),
        b"250-x\r\n" * 1000,
    ],
)
def test_what_is_no_reply_is_refused_and_cannot_fill_the_memory(stream: bytes) -> None:
    with pytest.raises(MalformedReply):
        ReplyReader().feed(stream)


@given(st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"a"])).map(b"".join))
def test_no_message_can_end_its_own_content(message: bytes) -> None:
    content, size = wire_content(message)

    body = content.removesuffix(b".\r\n")
    undotted = re.sub(rb"(\A|\r\n)\.", rb"\1", body)
    expected = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    assert undotted == (expected if expected.endswith(b"\r\n") else expected + b"\r\n")
    assert size == len(undotted)
    assert (b"\r\n" + content).index(b"\r\n.\r\n") == len(content) - 3


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([OK, OK, GO, OK], TransactionResult(Stage.CONTENT, OK)),
        ([OK, OK, GO, NO], TransactionResult(Stage.CONTENT, NO)),
        ([OK, OK, NO], TransactionResult(Stage.DATA, NO)),
        ([OK, NO, NO], TransactionResult(Stage.RCPT, NO)),
        ([OK, NO, GO, NO], TransactionResult(Stage.RCPT, NO)),
        ([NO, NO, NO], TransactionResult(Stage.MAIL, NO)),
        # A server that would take content without a sender is not given any.
        ([NO, OK, GO], TransactionResult(Stage.MAIL, NO)),
        ([OK, OK, OK], TransactionResult(Stage.DATA, OK)),
    ],
)
def test_the_first_refusal_decides_a_pipelined_transaction(
    replies: list[Reply], expected: TransactionResult
) -> None:
    steps, verdict = run(Offers(pipelining=True), replies)

    assert verdict == expected
    assert steps[0] == b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
    assert (LETTER.content in steps) == (replies[:3] == [OK, OK, GO])


def test_in_lockstep_nothing_is_sent_after_a_refusal() -> None:
    steps, verdict = run(Offers(size=True), [OK, NO])

    assert verdict == TransactionResult(Stage.RCPT, NO)
    assert steps == [b"MAIL FROM:<a@b.example> SIZE=3\r\n", b"RCPT TO:<c@d.example>\r\n"]


@pytest.mark.parametrize("row", VECTORS["rfc3461_xtext"], ids=lambda row: row["plain"])
def test_xtext_is_that_of_the_vectors_and_reads_back(row: dict[str, str]) -> None:
    assert row["xtext"].encode() == xtext(row["plain"].encode())
    assert row["plain"] == report_rules.decode(row["xtext"])


def test_reports_are_asked_for_as_in_the_vectors() -> None:
    mail, rcpt = (command.encode() + b"\r\n" for command in VECTORS["rfc3461_commands"])
    letter = replace(
        LETTER,
        sender=b"bounces@hub.example.co",
        recipient=b"maria+baja@example.co",
        envelope_id=b"msg-01JQ7Z5Y8W3N9V6T4R2P0M1K8H",
    )

    steps, _ = run(Offers(dsn=True), [OK, OK, GO, OK], letter)
    unasked, _ = run(Offers(), [OK, OK, GO, OK], letter)

    assert [mail, rcpt] == steps[:2]
    assert [line.split(b">")[0] + b">\r\n" for line in (mail, rcpt)] == unasked[:2]


@pytest.mark.parametrize("recipient", ["peña@example.co", f"{'=' * 200}@example.co"])
def test_an_address_that_no_orcpt_can_hold_has_none(recipient: str) -> None:
    steps, _ = run(Offers(dsn=True), [OK, OK, GO, OK], replace(LETTER, recipient=recipient.encode()))

    assert f"RCPT TO:<{recipient}> NOTIFY=FAILURE,DELAY\r\n".encode() == steps[1]


def run(
    offers: Offers, replies: list[Reply], letter: Letter = LETTER
) -> tuple[list[bytes], TransactionResult]:
    """Give these replies, one by one; return the written commands and the verdict."""
    talk = transaction(letter, offers, reset=False)
    written = [next(talk).out]
    for reply in replies[:-1]:
        step = talk.send(reply)
        written.append(step.out)
    with pytest.raises(StopIteration) as ended:
        talk.send(replies[-1])
    verdict = ended.value.value
    assert isinstance(verdict, TransactionResult)
    return written, verdict
