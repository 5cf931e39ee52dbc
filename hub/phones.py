"""Telephone numbers as E.164, and which of them can receive an SMS."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from hub.errors import InvalidPhone

_ABROAD: Final = re.compile(r"^[\s(]*00\s*(?=[1-9])")
_HOME: Final = "+57"
_READS_SMS: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""North American numbers do not distinguish mobile and fixed lines."""


def normalize_phone(raw: str, region: str = "CO") -> str:
    """
    Return a number as E.164 (`+573001234567`) without extension.

    Raises InvalidPhone, whose text never contains the number: it may reach a log.
    """
    # Most people write +44 as "0044…". The library knows only 00 with a carrier of Colombia (005, 007, 009,
    # 00414…), and reads 0057 300… as a Russian number over carrier 5.
    international = _ABROAD.sub("+", raw)
    number = _valid(international, region)
    if number is None and not international.startswith(_HOME):
        number = _valid(raw, region)
    if number is None:
        raise InvalidPhone
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _valid(raw: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(raw, region)
    except NumberParseException:
        return None  # its text may quote the number
    return number if phonenumbers.is_valid_number(number) else None


@lru_cache(maxsize=4096)
def can_text(e164: str) -> bool:
    """Return whether a number can receive an SMS: it is mobile, or its country does not distinguish."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return False
    return phonenumbers.number_type(number) in _READS_SMS
