"""Why somebody is gone, or is not, in the words of each system.

A command for the stage in test_away.py, a message of Windows, a notification of macOS. The numbers and names
are those of the systems' documentation; `com.apple.screenIsLocked` is in none.
"""

from __future__ import annotations

from typing import NamedTuple

SESSION, POWER = 0x02B1, 0x0218  # WM_WTSSESSION_CHANGE, WM_POWERBROADCAST


class Words(NamedTuple):
    """None where that system has no such thing."""

    linux: str | None
    windows: tuple[int, int] | None
    macos: str | None


GONE = {
    "the screen is locked": Words("screen 0 on", (SESSION, 0x7), "com.apple.screenIsLocked"),
    "the computer goes to sleep": Words("sleep on", (POWER, 0x4), "NSWorkspaceWillSleepNotification"),
    "somebody else takes the screen": Words(
        "active off", (SESSION, 0x2), "NSWorkspaceSessionDidResignActiveNotification"
    ),
    "the remote screen is left": Words(None, (SESSION, 0x4), None),
}
HERE = {
    "the screen is unlocked": Words("screen 0 off", (SESSION, 0x8), "com.apple.screenIsUnlocked"),
    "the computer wakes": Words("sleep off", (POWER, 0x12), "NSWorkspaceDidWakeNotification"),
    "the person has the screen again": Words(
        "active on", (SESSION, 0x1), "NSWorkspaceSessionDidBecomeActiveNotification"
    ),
    "the remote screen is taken": Words(None, (SESSION, 0x3), None),
    "somebody signs in": Words(None, (SESSION, 0x5), None),
    "the power cord is pulled": Words(None, (POWER, 0xA), None),
    "a key goes down": Words(None, (0x0100, 0x7), None),  # WM_KEYDOWN, with the number of a lock
    "the screen saver starts": Words(None, None, "com.apple.screensaver.didstart"),
    "a program ends": Words(None, None, "NSWorkspaceDidTerminateApplicationNotification"),
}
