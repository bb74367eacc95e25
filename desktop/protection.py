"""What the process denies itself before there is a secret in it: core dumps, and other programs' eyes."""

from __future__ import annotations

import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def protect_process() -> None:
    """No core file, and on Linux no reading of memory and environment by other programs of the same user.

    A program that is started from here begins without the second, so that a browser can be debugged.
    Where the system refuses, the program goes on: it is no worse off than any other.
    """
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
