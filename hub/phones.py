"""Telephone numbers as E.164, and which of them can receive an SMS."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from hub.errors import InvalidPhone

_DIALLED_FROM_ABROAD: Final = re.compile(r"^\s*0057")
_READS_SMS: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""North American numbers do not distinguish mobile and fixed lines."""


def normalize_phone(raw: str, region: str = "CO") -> str:
    """
    Return a number as E.164 (`+573001234567`) without extension.

    Raises InvalidPhone, whose text never contains the number: it may reach a log.
    """
    # Many people write +57 as "0057…"; the library reads 00+5 as a carrier and the rest as Russian.
    international = _DIALLED_FROM_ABROAD.sub("+57", raw)
    try:
        number = phonenumbers.parse(international, region)
    except NumberParseException:
        raise InvalidPhone from None  # the library's error may quote the number
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhone
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def can_text(e164: str) -> bool:
    """Return whether a number can receive an SMS: it is mobile, or its country does not distinguish."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return False
    return phonenumbers.number_type(number) in _READS_SMS
