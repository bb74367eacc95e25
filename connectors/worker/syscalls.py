"""A filter of system calls (seccomp, classic BPF): one process, one thread, no socket, no way deeper.

The kernel's own limit on processes does not hold for root, and a network namespace still has sockets in it.
What is refused fails with EPERM, so that Python raises a plain OSError.
"""

from __future__ import annotations

import errno
import platform
import struct

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32 = 0x40000000  # the same numbers under another name
_CLONE3 = 435  # the libraries fall back to clone when it is not there

# AUDIT_ARCH, then the numbers, a line for: new processes; sockets; other processes' memory; namespaces and
# mounts; bpf, perf_event_open, userfaultfd; keys; modules, kexec_load, personality; memory that is in no
# address space, and so under no limit (shared memory, semaphores, message queues, memfd_create).
_NUMBERS: dict[str, tuple[int, tuple[tuple[int, ...], ...]]] = {
    "x86_64": (
        0xC000003E,
        (
            (56, 57, 58),
            (41, 42, 49, 50, 43, 288),
            (101, 310, 311),
            (272, 308, 165, 166, 155, 161, 304),
            (321, 298, 323),
            (248, 249, 250),
            (175, 313, 246, 135),
            (29, 64, 68, 240, 319),
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            (220,),
            (198, 203, 200, 201, 202, 242),
            (117, 270, 271),
            (97, 268, 40, 39, 41, 51, 265),
            (280, 241, 282),
            (217, 218, 219),
            (105, 273, 104, 92),
            (194, 190, 186, 180, 279),
        ),
    ),
}
# The same number everywhere: io_uring (which opens sockets by itself), pidfd_open, pidfd_getfd, the new mount
# calls, memfd_secret.
_EVERYWHERE = (425, 426, 427, 434, 438, 428, 429, 430, 431, 432, 433, 442, 447)


def known_machine() -> bool:
    """Whether there is a filter for this processor."""
    return platform.machine() in _NUMBERS


def program() -> bytes:
    """The filter as bubblewrap takes it: an array of struct sock_filter."""
    architecture, refused = _NUMBERS[platform.machine()]
    lines = [
        _line(_LOAD, _ARCHITECTURE),
        _line(_EQUAL, architecture, 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER),
        _line(_AT_LEAST, _X32, 0, 1),
        _line(_RETURN, _KILL),
        _line(_EQUAL, _CLONE3, 0, 1),
        _line(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    for number in (*(one for group in refused for one in group), *_EVERYWHERE):
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ERRNO | errno.EPERM)]
    return b"".join([*lines, _line(_RETURN, _ALLOW)])


def _line(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
