"""Rules of RFC 3461 for the parameters that request reports. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

OF_MAIL: Final = ("RET", "ENVID")
OF_RCPT: Final = ("NOTIFY", "ORCPT")

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_ORIGINAL = re.compile(r"[A-Za-z0-9-]+;(.*)")
_WISHES = {"SUCCESS", "FAILURE", "DELAY"}


def faults(options: Mapping[str, str], *, offered: bool, utf8: bool) -> Iterator[str]:
    """Yield the faults of the parameters of one MAIL or RCPT."""
    asked = [name for name in (*OF_MAIL, *OF_RCPT) if name in options]
    if asked and not offered:
        yield f"{', '.join(asked)} without an offer of DSN"
    if options.get("RET", "HDRS") not in {"FULL", "HDRS"}:
        yield "RET is FULL or HDRS"
    envelope_id = options.get("ENVID", "x")
    if not envelope_id or len(envelope_id) > 100 or not _XTEXT.fullmatch(envelope_id):
        yield "ENVID is xtext of at most 100 characters"
    wishes = options.get("NOTIFY", "NEVER").split(",")
    if wishes != ["NEVER"] and (not set(wishes) <= _WISHES or len(set(wishes)) < len(wishes)):
        yield "NOTIFY is NEVER, or of SUCCESS, FAILURE and DELAY each once"
    yield from _original_faults(options.get("ORCPT", "rfc822;x"), utf8=utf8)


def _original_faults(original: str, *, utf8: bool) -> Iterator[str]:
    match = _ORIGINAL.fullmatch(original)
    if match is None or len(original) > 500:
        yield "ORCPT is a type and an address of at most 500 characters"
    elif not (_XTEXT.fullmatch(match[1]) or utf8):
        yield "ORCPT is not xtext"


def decode(xtext: str) -> str:
    """Decode xtext."""
    return re.sub(r"\+([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), xtext)
