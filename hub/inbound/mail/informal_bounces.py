"""Bounces without a standard report: best effort, from their text. Pure."""

from __future__ import annotations

import re
from email.message import Message
from typing import Final

from hub.inbound.mail.parsing import address, header, words
from hub.inbound.mail.reports import Fate, enhanced_status

_ROBOTS: Final = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"})
_SUBJECTS: Final = re.compile(
    r"undeliver|returned mail|returned to sender|delivery (?:has )?(?:status|fail)|mail delivery failed"
    r"|failure notice|no se (?:puede|pudo|ha podido) entregar|no entregado|devuelto",
    re.IGNORECASE,
)
_LOOKED_AT: Final = 4000
"""Characters to examine. After them comes the returned mail, whose numbers mean nothing."""
_REPLY_CODE: Final = re.compile(r"(?<![\d.,])[45]5[0-4](?=[ -][^\d\s])")


def is_bounce(message: Message, sender: str) -> bool:
    """
    Tell whether a mail server wrote this. `sender` is the envelope sender, empty for automatic mail.

    The subject counts only for automatic mail: people also write about undelivered parcels.
    """
    robot = address(message, "From").partition("@")[0].lower() in _ROBOTS
    if robot or "X-Failed-Recipients" in message:
        return True
    return not sender and bool(_SUBJECTS.search(header(message, "Subject")))


def fate(message: Message) -> Fate | None:
    """Read the result of the delivery; None if the bounce does not state it."""
    text = words(message)[:_LOOKED_AT]
    status = enhanced_status(text)
    code = _REPLY_CODE.search(text)
    number = status or (code[0] if code else "")
    if number[:1] not in {"4", "5"}:
        return None
    action = "failed" if number[0] == "5" else "delayed"
    return Fate(action=action, status=number, diagnostic=_line_with(text, number))


def _line_with(text: str, number: str) -> str:
    return next((line.strip() for line in text.split("\n") if number in line), number)
