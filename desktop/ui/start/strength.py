"""How strong a passphrase is, in words. A hint while typing, never a rule."""

from __future__ import annotations

import math
import string
from typing import NamedTuple

_CLASSES = ((string.ascii_lowercase, 26), (string.ascii_uppercase, 26), (string.digits, 10))
_OTHER = 33  # the printable signs of a common keyboard
_COMMON = (
    "password",
    "passphrase",
    "qwerty",
    "letmein",
    "welcome",
    "admin",
    "iloveyou",
    "jackfield",
    "12345",
    "abc123",
)


class Strength(NamedTuple):
    """A word for the hint, the sentence that explains it, and whether it is shown as good."""

    word: str
    sentence: str
    good: bool


def guessing_bits(passphrase: str) -> float:
    """A rough lower estimate of the work to guess it, in bits: repeats and common words count for little."""
    reduced = passphrase
    for common in _COMMON:
        position = reduced.casefold().find(common)
        if position >= 0:
            reduced = reduced[:position] + reduced[position] + reduced[position + len(common) :]
    distinct = "".join(
        sign
        for place, sign in enumerate(reduced)
        if place == 0 or abs(ord(sign) - ord(reduced[place - 1])) > 1
    )
    if not distinct:
        return 0.0
    alphabet = sum(size for signs, size in _CLASSES if any(sign in signs for sign in distinct))
    if any(sign not in string.ascii_letters + string.digits for sign in distinct):
        alphabet += _OTHER
    by_letters = len(distinct) * math.log2(max(alphabet, 2))
    words = [word for word in passphrase.casefold().replace("-", " ").split() if word.isalpha()]
    # Separate words count as words out of a list (7,776 of them), which is the honest estimate.
    return min(by_letters, len(set(words)) * 12.9 + 6) if len(words) > 1 else by_letters


def strength(passphrase: str) -> Strength:
    """What to say about it beside the box."""
    bits = guessing_bits(passphrase)
    if not passphrase:
        return Strength(
            "", "Four or five words that do not belong together are strong and easy to keep in mind.", False
        )
    if bits < 36:
        return Strength(
            "Weak", "A program would guess this quickly. Use four or more unrelated words.", False
        )
    if bits < 56:
        return Strength("Fair", "Fair. One more word makes it much harder to guess.", False)
    if bits < 76:
        return Strength("Strong", "Strong. Keep it somewhere safe: nobody can recover it for you.", True)
    return Strength(
        "Very strong", "Very strong. Keep it somewhere safe: nobody can recover it for you.", True
    )
