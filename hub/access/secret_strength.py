"""Whether a secret could be guessed. Pure; an estimate that errs on the side of a warning."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from hub.settings import Secret

LENGTH: Final = 32
"""Characters at least; `openssl rand -hex 32` and `hub secrets new` make 64."""
_BITS: Final = 90.0
"""Estimated at least: 32 random hexadecimal digits are about 110, a repeated word far less."""
_EXAMPLES: Final = ("changeme", "change-me", "change_me", "example", "ejemplo", "secret", "password", "clave")
_DEFLATE: Final = -15  # no header and no checksum, which a text of forty letters would feel


def is_guessable(secret: Secret) -> bool:
    """Tell whether somebody with one signature of it could find it at home, trying words."""
    text = secret.reveal()
    return len(text) < LENGTH or is_example(secret) or _bits(text) < _BITS


def is_example(secret: Secret) -> bool:
    """Tell whether it looks like what documents write where one's own should be."""
    text = secret.reveal().lower()
    return any(word in text for word in _EXAMPLES) or text.startswith(("your-", "<", "${"))


def doubled(secrets: Sequence[Secret]) -> bool:
    """Tell whether one stands there twice: then a rotation has changed nothing."""
    return len(set(secrets)) < len(secrets)


def _bits(text: str) -> float:
    """Estimate: what each character, or each step to the next, tells, times what is left without repeats."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    told = min(_entropy(list(map(ord, text))), _entropy(steps))
    return told * min(len(text), len(zlib.compress(text.encode(), 9, _DEFLATE)))


def _entropy(values: Sequence[int]) -> float:
    """Answer Shannon's, in bits per value."""
    counts = Counter(values).values()
    return -sum(count / len(values) * math.log2(count / len(values)) for count in counts)
