"""How a secret looks while it is covered. What is shown never tells how long it is."""

from __future__ import annotations

DOT = "•"
_DOTS = DOT * 12
_BOTH_ENDS = 24  # characters from which the first and last four may be shown
_LAST_END = 16


def masked(secret: str) -> str:
    """The ends of a long secret, the last characters of a shorter one, nothing of a short one."""
    if len(secret) >= _BOTH_ENDS:
        return f"{secret[:4]}{_DOTS}{secret[-4:]}"
    if len(secret) >= _LAST_END:
        return f"{_DOTS}{secret[-4:]}"
    return _DOTS if secret else ""
