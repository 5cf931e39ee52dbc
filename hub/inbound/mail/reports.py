"""Reports of mail servers, as RFC 3464 (delivery) and RFC 5965 (complaints) write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Final

from hub.inbound.mail.parsing import content, header

_STATUS: Final = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_UNSPECIFIC: Final = ".0.0"
ARRIVED: Final = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one recipient. `action` is in lower case, `status` as in RFC 3463 or empty."""

    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """`envelope_id` is the ENVID that the mail was sent with; empty where the report has none."""

    envelope_id: str
    fates: tuple[Fate, ...]

    @property
    def failure(self) -> Fate | None:
        """
        The fate that says the mail is lost; None when it is not.

        Several recipients are those that one address was expanded to: as long as it arrived at one of
        them it is not lost.
        """
        if any(fate.action in ARRIVED for fate in self.fates):
            return None
        return next((fate for fate in self.fates if fate.action == "failed"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReport:
    """`kind` is the Feedback-Type in lower case."""

    kind: str
    envelope_id: str
    sender: str
    """The envelope's sender of the mail that is complained of; empty where the report has none."""


def delivery_report(message: Message) -> DeliveryReport | None:
    """Read a delivery status notification; None for a mail that is none."""
    part = _part(message, "message/delivery-status")
    if part is None:
        return None
    first, *groups = _groups(part) or [Message()]
    # Some write all fields into one group.
    fates = tuple(_fate(group) for group in (groups or [first]) if "Action" in group or "Status" in group)
    return DeliveryReport(envelope_id=header(first, "Original-Envelope-Id"), fates=fates)


def feedback_report(message: Message) -> FeedbackReport | None:
    """Read a complaint; None for a mail that is none."""
    part = _part(message, "message/feedback-report")
    if part is None:
        return None
    fields = next(iter(_groups(part)), Message())
    return FeedbackReport(
        kind=header(fields, "Feedback-Type").lower(),
        envelope_id=header(fields, "Original-Envelope-Id"),
        sender=header(fields, "Original-Mail-From").strip("<>"),
    )


def returned(message: Message) -> Message | None:
    """Answer the headers of the mail that a report is about; None where it does not bring them."""
    part = _part(message, "message/rfc822") or _part(message, "text/rfc822-headers")
    if part is None:
        return None
    inner = _parts_of(part)
    return inner[0] if inner else HeaderParser().parsestr(content(part))


def enhanced_status(text: str) -> str:
    """Find the first status code of RFC 3463 in a text; empty where there is none."""
    found = _STATUS.search(text)
    return found[0] if found else ""


def _part(message: Message, kind: str) -> Message | None:
    return next((part for part in message.walk() if part.get_content_type() == kind), None)


def _groups(part: Message) -> list[Message]:
    """Answer the groups of fields; the stdlib parses them for a delivery status only."""
    inner = _parts_of(part)
    if inner:
        texts = [str(each.get_payload()) for each in inner if not each.keys()]
        return [each for each in inner if each.keys()] or [g for text in texts for g in _parsed(text)]
    return list(_parsed(content(part)))


def _parts_of(message: Message) -> list[Message]:
    """Of a part without parts the stdlib would decode the text, and stumble over a charset that is none."""
    payload = message.get_payload() if message.is_multipart() else ()
    return [each for each in payload if isinstance(each, Message)]


def _parsed(text: str) -> Iterator[Message]:
    for block in re.split(r"\n\s*\n", text.strip()):
        yield HeaderParser().parsestr(block)


def _fate(group: Message) -> Fate:
    diagnostic = header(group, "Diagnostic-Code")
    status, said = enhanced_status(header(group, "Status")), enhanced_status(diagnostic)
    if not status or (status.endswith(_UNSPECIFIC) and said.startswith(status[0])):
        status = said or status
    return Fate(action=header(group, "Action").lower().split(" ")[0], status=status, diagnostic=diagnostic)
