"""
TOMO: how somebody answers an escalation by text that he takes the matter on. Pure.

`TOMO`, `Lo tomo yo, gracias` and `TOMO PQ-2026-000123` say it and nothing else. Whatever says more, or asks
(`¿Lo tomo?`), is an ordinary text, which a person reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hub.contact_rules.opt_out_words import folded, own_words

TAKE: Final = frozenset({"tomo", "tomar"})
_BESIDE: Final = frozenset(
    {"lo", "la", "el", "yo", "ya", "si", "ok", "este", "caso", "radicado", "por", "favor", "gracias"}
)

_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"([a-z]{1,5} ?)?\d[\d ]*")
"""`pq 2026 000123`, `000123`; not `a las 8`."""


@dataclass(frozen=True, slots=True)
class AckRequest:
    """`key` is the case that it names, as `case_key` makes it; `numbered` tells that it looks like one."""

    key: str = ""
    numbered: bool = False


def read_ack(text: str) -> AckRequest | None:
    """Answer what a text takes on; None for one that says something else."""
    own = folded(own_words(text))
    words = _WORD.findall(own)
    if "?" in own or TAKE.isdisjoint(words):
        return None
    rest = [word for word in words if word not in TAKE | _BESIDE]
    return AckRequest("".join(rest), numbered=bool(_NUMBER.fullmatch(" ".join(rest))))


def case_key(number: str) -> str:
    """`PQ-2026-000123` → `pq2026000123`: on a telephone marks and spaces come as they come."""
    return "".join(_WORD.findall(folded(number)))
