"""The one place where a failure becomes an exit code. The numbers are public; docs/cli.md lists them."""

from __future__ import annotations

DONE = 0
FAILED = 1
USAGE = 2
NEEDS_SIGN_IN = 3
LOCKED = 4
DECLINED = 5
INTERRUPTED = 130

_BY_REASON = {
    "needs_sign_in": NEEDS_SIGN_IN,
    "locked": LOCKED,
    "wrong_passphrase": LOCKED,
    "keychain": LOCKED,
    "declined": DECLINED,
    "timed_out": DECLINED,
    "cancelled": INTERRUPTED,
}


class UsageError(Exception):
    """The command line itself is wrong; nothing was tried. The text is a sentence for people."""


class LockedError(Exception):
    """The vault cannot be opened because nobody gave a passphrase. The text is a sentence for people."""


def exit_code(reason: str) -> int:
    """The exit code for `Failure.reason`; whatever has no number of its own is a plain failure."""
    return _BY_REASON.get(reason, FAILED)
