"""The strength of a secret against guesses. Pure; in doubt, the estimate warns."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from hub.settings import Secret
from hub.settings.values import SHORTEST_SECRET

LENGTH: Final = SHORTEST_SECRET
"""Minimum characters; `openssl rand -hex 32` and `hub secrets new` make 64."""
_BITS: Final = 90.0
"""Minimum estimate: 32 random hexadecimal digits have about 110, a repeated word far less."""
_EXAMPLES: Final = ("changeme", "change-me", "change_me", "example", "ejemplo", "secret", "password", "clave")
_DEFLATE: Final = -15  # no header and checksum, which would distort a text of forty letters


def is_guessable(secret: Secret) -> bool:
    """Return whether an attacker with one signature could find the secret offline by trying words."""
    text = secret.reveal()
    return len(text) < LENGTH or is_example(secret) or _bits(text) < _BITS


def is_example(secret: Secret) -> bool:
    """Return whether it looks like a placeholder from documentation."""
    text = secret.reveal().lower()
    return any(word in text for word in _EXAMPLES) or text.startswith(("your-", "<", "${"))


def doubled(secrets: Sequence[Secret]) -> bool:
    """Return whether a secret is listed twice: then a rotation has changed nothing."""
    return len(set(secrets)) < len(secrets)


def _bits(text: str) -> float:
    """Estimate: bits per character, or per step to the next, times the length without repeats."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    bits_each = min(_entropy(list(map(ord, text))), _entropy(steps))
    return bits_each * min(len(text), len(zlib.compress(text.encode(), 9, _DEFLATE)))


def _entropy(values: Sequence[int]) -> float:
    """Return the Shannon entropy, in bits per value."""
    counts = Counter(values).values()
    return -sum(count / len(values) * math.log2(count / len(values)) for count in counts)
