"""What a provider says is left of our money."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from hub.channels.http_calls import Answer
from hub.channels.sms.json_path import word_at
from hub.errors import TransientFailure


def read_amount(answer: Answer, path: str, provider: str) -> Decimal:
    """Read an amount of money; raises `TransientFailure` when there is none at the path."""
    try:
        amount = Decimal(word_at(answer.json, path) or "") if answer.status // 100 == 2 else Decimal("nan")
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite():
        raise TransientFailure("provider_answer", provider=provider, code=str(answer.status))
    return amount
