"""
Reports of mail servers: delivery status (RFC 3464), complaints (RFC 5965), and bounces without a standard
report, which are read from their text with best effort. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Final

from hub.inbound.mail import recipients
from hub.inbound.mail.parsing import address, content, header, words

_STATUS: Final = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_UNSPECIFIC: Final = ".0.0"
_ROBOTS: Final = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"})
_SUBJECTS: Final = re.compile(
    r"undeliver|returned mail|returned to sender|delivery (?:has )?(?:status|fail)|mail delivery failed"
    r"|failure notice|no se (?:puede|pudo|ha podido) entregar|no entregado|devuelto",
    re.IGNORECASE,
)
_LOOKED_AT: Final = 4000
"""Characters to examine. After them comes the returned mail, whose numbers mean nothing."""
_REPLY_CODE: Final = re.compile(r"(?<![\d.,])[45]5[0-4](?=[ -][^\d\s])")
ARRIVED: Final = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """
    The result for one recipient. `action` is in lower case; `status` is a code of RFC 3463 or empty.

    `recipients` are the addresses that the report names for it, as `plain_address` writes them.
    """

    action: str
    status: str
    diagnostic: str
    recipients: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """The report of a server, for each recipient."""

    fates: tuple[Fate, ...]

    @property
    def failures(self) -> tuple[Fate, ...]:
        """
        The fates that show that the mail is lost; none when it is not.

        Several recipients come from the expansion of one address. If the mail arrived at one of them, it
        is not lost.
        """
        if any(fate.action in ARRIVED for fate in self.fates):
            return ()
        return tuple(fate for fate in self.fates if fate.action == "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReport:
    """`kind` is the Feedback-Type in lower case, `recipients` whom the reported mail was sent to."""

    kind: str
    envelope_id: str
    sender: str
    """The envelope sender of the reported mail; empty if the report has none."""
    recipients: frozenset[str]


def delivery_report(message: Message) -> DeliveryReport | None:
    """Read a delivery status notification; None for any other mail."""
    part = _part(message, "message/delivery-status")
    if part is None:
        return None
    first, *groups = _groups(part) or [Message()]
    # Some servers write all fields into one group.
    fates = tuple(_fate(group) for group in (groups or [first]) if "Action" in group or "Status" in group)
    return DeliveryReport(fates=fates)


def feedback_report(message: Message) -> FeedbackReport | None:
    """Read a complaint; None for any other mail."""
    part = _part(message, "message/feedback-report")
    if part is None:
        return None
    fields = next(iter(_groups(part)), Message())
    return FeedbackReport(
        kind=header(fields, "Feedback-Type").lower(),
        envelope_id=header(fields, "Original-Envelope-Id"),
        sender=header(fields, "Original-Mail-From").strip("<>"),
        recipients=recipients.of_headers(fields, "Original-Rcpt-To") or _addressees(message),
    )


def _addressees(message: Message) -> frozenset[str]:
    """Read whom the returned mail was written to: many reports name no envelope recipient."""
    mail = returned(message)
    return frozenset() if mail is None else recipients.of_headers(mail, "To")


def returned(message: Message) -> Message | None:
    """Return the headers of the reported mail; None if the report does not include them."""
    part = _part(message, "message/rfc822") or _part(message, "text/rfc822-headers")
    if part is None:
        return None
    inner = _parts_of(part)
    return inner[0] if inner else HeaderParser().parsestr(content(part))


def enhanced_status(text: str) -> str:
    """Find the first status code of RFC 3463 in a text; empty without one."""
    code = _STATUS.search(text)
    return code[0] if code else ""


def _part(message: Message, kind: str) -> Message | None:
    return next((part for part in message.walk() if part.get_content_type() == kind), None)


def _groups(part: Message) -> list[Message]:
    """Return the groups of fields. The stdlib parses them only in a delivery status."""
    parts = _parts_of(part)
    if parts:
        texts = [str(group.get_payload()) for group in parts if not group.keys()]
        return [group for group in parts if group.keys()] or [g for text in texts for g in _parsed(text)]
    return list(_parsed(content(part)))


def _parts_of(message: Message) -> list[Message]:
    """Return the nested parts. The stdlib would decode a leaf, and raise for an unknown charset."""
    payload = message.get_payload() if message.is_multipart() else ()
    return [part for part in payload if isinstance(part, Message)]


def _parsed(text: str) -> Iterator[Message]:
    for block in re.split(r"\n\s*\n", text.strip()):
        yield HeaderParser().parsestr(block)


def _fate(group: Message) -> Fate:
    diagnostic = header(group, "Diagnostic-Code")
    status, diagnosed = enhanced_status(header(group, "Status")), enhanced_status(diagnostic)
    if not status or (status.endswith(_UNSPECIFIC) and diagnosed.startswith(status[0])):
        status = diagnosed or status
    return Fate(
        action=header(group, "Action").lower().split(" ")[0],
        status=status,
        diagnostic=diagnostic,
        recipients=recipients.of_delivery(group),
    )


def is_informal_bounce(message: Message, sender: str) -> bool:
    """
    Return whether a mail server wrote this. `sender` is the envelope sender, empty for automatic mail.

    The subject counts only for automatic mail: people also write about undelivered parcels.
    """
    robot = address(message, "From").partition("@")[0].lower() in _ROBOTS
    if robot or "X-Failed-Recipients" in message:
        return True
    return not sender and bool(_SUBJECTS.search(header(message, "Subject")))


def informal_fate(message: Message) -> Fate | None:
    """Read the result from the text of a bounce without a standard report; None if it does not state it."""
    text = words(message)[:_LOOKED_AT]
    status = enhanced_status(text)
    code = _REPLY_CODE.search(text)
    number = status or (code[0] if code else "")
    if number[:1] not in {"4", "5"}:
        return None
    action = "failed" if number[0] == "5" else "delayed"
    return Fate(
        action=action,
        status=number,
        diagnostic=_line_with(text, number),
        recipients=recipients.of_headers(message, "X-Failed-Recipients") | recipients.of_text(text),
    )


def _line_with(text: str, number: str) -> str:
    return next((line.strip() for line in text.split("\n") if number in line), number)
