"""What a definition's own program cannot take, by the promise's number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import (
    ConnectorError,
    DefinitionError,
)
from connectors.worker.limits import MEBIBYTE, Limits
from tests.promises.shut_in import (
    DEADLINE,
    SAY,
    children_of,
    connect,
    gone,
    load,
    report_of,
    reports,
)
from tests.real.requirements import need_room
from tests.standin import Reply, Seen, StandIn


@pytest.fixture(autouse=True)
def room() -> None:
    need_room()


QUICK = Limits(thinking=1.0)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


HUNGRY = {
    "a loop": ("while True:\n        pass", "longer than 1 seconds"),
    "a loop that catches everything": (
        "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
        "longer than 1 seconds",
    ),
    "sleeping": ("import time; time.sleep(100000)", "longer than 1 seconds"),
    "memory": ("return bytes(2 * 1024 ** 3)", "more than 256 MiB"),
    "deep memory": ("x = [0]\n    while True: x = x + x", "more than 256 MiB"),
    "an early end": ("import os; os._exit(0)", "ended by itself"),
    "a crash": ("import ctypes; ctypes.string_at(0)", "ended by itself"),
    "requests without end": (
        "while True:\n        try: context.http_request('GET', 'http://127.0.0.1:1/').send(None)\n"
        "        except Exception: pass",
        "too many requests",
    ),
}


@pytest.mark.parametrize("what", HUNGRY)
def test_138_what_takes_too_much_is_ended(tmp_path: Path, what: str) -> None:
    code, why = HUNGRY[what]
    connector = load(tmp_path, f"def request_profile_info(context):\n    {code}\n", limits=QUICK)
    with pytest.raises(DefinitionError) as ended:
        connect(connector)
    assert why in ended.value.sentence
    assert "worker" not in {Path(f"/proc/{p}/comm").read_text().strip() for p in children_of(os.getpid())}
    assert children_of(os.getpid()) == set()


def test_138_no_process_and_no_thread_beside_it(tmp_path: Path) -> None:
    python = """
import ctypes, os, subprocess, threading

def _tried(what):
    try:
        return f"done: {what()}"
    except (OSError, RuntimeError) as error:
        return type(error).__name__

def _bomb():
    born = 0
    for _ in range(5000):
        if os.fork() == 0:
            os._exit(0)
        born += 1
    return born

def _raw(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return "another"

def _report(context):
    numbers = {"x86_64": (56, 57, 58, 435), "aarch64": (220, 435)}[os.uname().machine]
    return {
        "fork": _tried(_bomb),
        "thread": _tried(lambda: threading.Thread(target=print).start()),
        "spawn": _tried(lambda: os.posix_spawn("/python/bin/python3", ["python3"], {})),
        "subprocess": _tried(lambda: subprocess.run(["/python/bin/python3", "-c", "1"])),
        **{str(number): _tried(lambda: _raw(number, 17, 0, 0, 0, 0)) for number in numbers},
    }
"""
    seen = report_of(load(tmp_path, reports(python)))
    assert not [told for told in seen.values() if told.startswith("done")], seen
    assert set(seen.values()) <= {"PermissionError", "BlockingIOError", "RuntimeError", "OSError"}


def test_138_no_memory_beside_the_address_space(tmp_path: Path) -> None:
    """Shared memory and files in memory count towards no limit of a process."""
    python = """
import ctypes, os

def _tried(what):
    try:
        return f"done: {what()}"
    except OSError as error:
        return type(error).__name__

def _shared():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.shmget(0, 4096, 0o1600) == -1:
        raise OSError(ctypes.get_errno(), "refused")

def _report(context):
    return [_tried(lambda: os.memfd_create("more")), _tried(_shared)]
"""
    assert report_of(load(tmp_path, reports(python))) == ["PermissionError", "PermissionError"]


def test_138_the_bounds_cannot_be_widened(tmp_path: Path) -> None:
    python = """
import resource

def _report(context):
    kept = {}
    for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_CORE"):
        which = getattr(resource, name)
        try:
            resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (ValueError, OSError):
            pass
        kept[name] = resource.getrlimit(which)
    return kept
"""
    assert report_of(load(tmp_path, reports(python))) == {
        "RLIMIT_AS": [256 * MEBIBYTE] * 2,
        "RLIMIT_CPU": [30, 30],
        "RLIMIT_FSIZE": [16 * MEBIBYTE] * 2,
        "RLIMIT_NPROC": [0, 0],
        "RLIMIT_CORE": [0, 0],
    }


@pytest.mark.parametrize("end", ["", "\\n"])
def test_138_fifty_megabytes_are_cut_off(tmp_path: Path, end: str) -> None:
    """As one line without an end, and as lines that are each short enough."""
    step = f"for _ in range(800): _say(b'x' * 65535 + b'{end}')"
    connector = load(tmp_path, f"{SAY}\ndef request_profile_info(context):\n    {step}\n")
    before = memory()
    with pytest.raises(DefinitionError, match="was ended: it said"):
        connect(connector)
    assert memory() - before < 40 * MEBIBYTE


def memory() -> int:
    """What this process holds at the moment, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_138_what_it_prints_goes_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    python = """
import os, sys

def _report(context):
    for _ in range(50):
        print("canary-printed" * 70000)
        sys.stderr.write("canary-printed" * 70000)
        os.write(1, b"canary-printed")
    return "still here"
"""
    assert report_of(load(tmp_path, reports(python))) == "still here"
    assert capfd.readouterr() == ("", "")


APP = """
import sys
from pathlib import Path
from connectors.reading.loading import code_hash, load_file
from connectors.worker.runner import Runner
from tests.connectors.support import connect_it, inputs_of

path = Path(sys.argv[1])
connector, _ = load_file(path, runner=Runner(frozenset({code_hash(path.with_suffix(".py"))})))
connect_it(inputs_of(connector, {"api_key": "k", "address": sys.argv[2]}))
"""


def test_138_it_dies_with_an_app_that_is_killed(tmp_path: Path, standin: StandIn) -> None:
    # It does not wait for the answer: a worker that reads would notice by itself that nobody is there.
    request = (
        b'{"type": "http", "method": "GET", "url": "%s", "raise_for_status": true, "authenticate": false}\n'
    )
    asks = f"_say({request % f'{standin.url}/here'.encode()!r})"
    load(
        tmp_path,
        f"import time\n{SAY}\ndef request_profile_info(context):\n    {asks}\n    time.sleep(100000)\n",
    )
    here = threading.Event()

    def answer(_: Seen) -> Reply:
        here.set()
        return Reply({})

    standin.answer("GET /here", answer)
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", APP, tmp_path / "example.toml", standin.url],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as app:
        try:
            assert here.wait(DEADLINE)
            workers = {pid: os.pidfd_open(pid) for pid in children_of(app.pid)}
        finally:
            app.send_signal(signal.SIGKILL)
    try:
        assert len(workers) >= 2  # bubblewrap, and the program in its room
        assert gone(workers)
    finally:
        for descriptor in workers.values():
            os.close(descriptor)


@pytest.mark.parametrize("ending", ["return {'name': 'x'}", "raise Exception('no')", "context.nothing"])
def test_138_nothing_is_left_after_an_operation(tmp_path: Path, ending: str) -> None:
    connector = load(tmp_path, f"def request_profile_info(context):\n    {ending}\n")
    try:
        connect(connector)
    except ConnectorError:
        assert "return" not in ending
    assert children_of(os.getpid()) == set()
