"""
The strength of a password against guesses: common words, names, dates, sequences, keyboard walks, repeats.

zxcvbn estimates, and knows English. `guessed_words.txt` has words of Colombia and of property management.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

ENOUGH: Final = 10**10
"""
Guesses, zxcvbn's highest grade: should hashes leak, a graphics card needs about a week for one such password.

Online the locks leave some tens of tries a day. Three common words that are chosen at random are above it.
"""
_ESTIMATED: Final = 72
"""
Characters: the work grows with the square of the length. Later characters are left out of the estimate.
"""


def is_guessable(folded: str, own: Sequence[str]) -> bool:
    """
    Return whether a password, in lower case without accents, is found with too few guesses.

    `own` are the words of whoever chooses it. It takes milliseconds, the first time also 10 MB: call it in a
    thread.
    """
    from zxcvbn_rs_py import zxcvbn  # noqa: PLC0415 - most processes never check a new password

    return zxcvbn(folded[:_ESTIMATED], [*own, *_words()]).guesses < ENOUGH


@cache
def _words() -> Sequence[str]:
    lines = Path(__file__).with_name("guessed_words.txt").read_text(encoding="ascii").splitlines()
    return [word for line in lines if not line.startswith("# ") for word in line.split()]
