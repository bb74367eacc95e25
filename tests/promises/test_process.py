"""What other programs of the same user may not do to the program, as the command that people start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vault.helpers import child_environment

# Starts the program as its entry point does, and waits where a passphrase would be asked for.
PROGRAM = """
import sys
from desktop.cli import main, doctor

def examine(args):
    import resource
    print(*resource.getrlimit(resource.RLIMIT_CORE), flush=True)
    sys.stdin.readline()
    import os
    os.abort()

doctor.examine = examine
sys.argv = ["jackfield", "doctor"]
sys.exit(main.main())
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")


def started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=child_environment(CANARY="in the environment"),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_129_a_crash_leaves_no_core(tmp_path: Path) -> None:
    with started(tmp_path) as program:
        assert program.stdout is not None
        assert program.stdout.readline().split()[0] == "0"
        program.communicate("go\n", timeout=60)
    assert program.returncode == -signal.SIGABRT
    assert list(tmp_path.iterdir()) == []


@linux
def test_129_other_programs_of_the_user_cannot_look_inside(tmp_path: Path) -> None:
    """The system hands the process's files to root: only root, which may do anything, still reads them."""
    with started(tmp_path) as program:
        assert program.stdout is not None
        program.stdout.readline()
        about = Path(f"/proc/{program.pid}")
        # The system's own sign of a process that is not dumpable.
        assert all((about / name).stat().st_uid == 0 for name in ("mem", "environ", "maps", "fd"))
        if os.geteuid() == 0:
            ended = subprocess.run(
                [sys.executable, "-c", LOOK, str(program.pid)], capture_output=True, text=True, check=False
            )
            assert ended.stdout.split() == ["denied", "denied", "denied"], ended.stderr
        else:
            for name in ("mem", "environ", "maps"):
                with pytest.raises(PermissionError):
                    (about / name).read_bytes()
        program.communicate("go\n", timeout=60)


# As somebody without root's rights but with the same user id: capabilities are dropped, the id is kept.
LOOK = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
class Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]
class Data(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]
assert libc.capset(ctypes.byref(Header(0x20080522, 0)), (Data * 2)()) == 0
for name in ("mem", "environ", "maps"):
    try:
        with open(f"/proc/{sys.argv[1]}/{name}", "rb") as file:
            file.read(1)
        print("read")
    except PermissionError:
        print("denied")
    except OSError as error:
        print(error)
"""
