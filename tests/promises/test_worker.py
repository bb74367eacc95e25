"""What a definition's own program cannot reach, by the promise's number.

Real Python files beside real definitions. They also run with the person's rights, to show that they would
reach what they try.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import (
    ConnectorError,
)
from tests.promises.shut_in import (
    FORM,
    SECRET,
    children_of,
    connect,
    load,
    report_of,
    reports,
    with_my_rights,
)
from tests.real.requirements import need_room
from tests.standin import Reply, Seen, StandIn


@pytest.fixture(autouse=True)
def room() -> None:
    need_room()


CANARY = "canary-5d41-outside-the-room"
ROOT = {"dev", "etc", "lib", "lib64", "tmp", "usr"}


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


LOOK_AROUND = """
import os

def _tried(what):
    try:
        return str(what())
    except Exception as error:
        return type(error).__name__

def _read(path):
    with open(path, "rb") as file:
        return file.read().decode("utf-8", "replace")

def _report(context):
    home, store, pid = context.address.split("|")
    found = {
        "home": _tried(lambda: _read(home)),
        "folder": _tried(lambda: os.listdir(os.path.dirname(home))),
        "store": _tried(lambda: _read(store)),
        "app's environment": _tried(lambda: _read(f"/proc/{pid}/environ")),
        "app's memory": _tried(lambda: _read(f"/proc/{pid}/maps")),
        "parent's environment": _tried(lambda: _read(f"/proc/{os.getppid()}/environ")),
        "process list": _tried(lambda: os.listdir("/proc")),
        "own environment": str(dict(os.environ)),
        "passwords": _tried(lambda: _read("/etc/passwd")),
    }
    tops = [name for name in os.listdir("/") if name not in ("proc", "sys")]
    return found | {"root": tops}
"""


def test_137_it_cannot_read_home_store_processes_or_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, store = tmp_path / "home" / "notes.txt", tmp_path / "home" / "jackfield" / "vault.db"
    store.parent.mkdir(parents=True)
    home.write_text(CANARY)
    store.write_text(CANARY)
    monkeypatch.setenv("HOME", str(home.parent))
    monkeypatch.setenv("SOME_TOKEN", CANARY)
    where = {"address": f"{home}|{store}|{os.getpid()}"}

    free = report_of(with_my_rights(tmp_path, reports(LOOK_AROUND)), **where)
    assert CANARY in free["home"] and CANARY in free["store"] and CANARY in free["own environment"]
    assert str(os.getpid()) in free["process list"]

    seen = report_of(load(tmp_path, reports(LOOK_AROUND)), **where)
    assert CANARY not in json.dumps(seen)
    assert seen.pop("own environment") == "{}"
    assert set(seen.pop("root")) == set(free["root"]) & ROOT | {"python", "worker.py"}
    assert seen.keys() == {what for what in free if what not in ("own environment", "root")}
    assert set(seen.values()) == {"FileNotFoundError"}


def test_137_nothing_of_the_person_is_anywhere_in_its_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole tree, apart from the system's libraries: no name of the person's folders, and no big secret."""
    python = """
import os

def _report(context):
    found = []
    for at, folders, files in os.walk("/"):
        if at in ("/usr", "/lib", "/lib64", "/python/lib"):
            folders.clear()
            continue
        found += [os.path.join(at, name) for name in folders + files]
    return found
"""
    assert sorted(report_of(load(tmp_path, reports(python)))) == sorted(
        {
            *("/dev", "/dev/null", "/etc", "/etc/ld.so.cache", "/lib", "/lib64", "/python", "/python/bin"),
            *("/python/bin/python3", "/python/lib", "/tmp", "/usr", "/worker.py"),
        }
    )


SOCKETS = """
import socket

def _tried(what):
    try:
        what()
        return "done"
    except Exception as error:
        return type(error).__name__

def _reach(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.connect(address)

def _listen():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()

def _report(context):
    port, path, abstract = context.address.split("|")
    return {
        "tcp": _tried(lambda: _reach(socket.AF_INET, ("127.0.0.1", int(port)))),
        "listen": _tried(_listen),
        "udp": _tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()),
        "D-Bus": _tried(lambda: _reach(socket.AF_UNIX, path)),
        "X11": _tried(lambda: _reach(socket.AF_UNIX, "\\0" + abstract)),
        "netlink": _tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()),
    }
"""


@pytest.fixture
def buses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What a desktop has: a socket with a path (D-Bus, Wayland) and one without (X11). And a TCP port."""
    path = tmp_path_factory.mktemp("run") / "bus"
    abstract = f"jackfield-test-{os.getpid()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as bus,
        socket.socket(socket.AF_UNIX) as display,
    ):
        for one, address in ((bus, str(path)), (display, f"\0{abstract}")):
            one.bind(address)
            one.listen()
        yield f"{tcp.getsockname()[1]}|{path}|{abstract}"


def test_137_it_cannot_open_any_socket(tmp_path: Path, buses: str) -> None:
    free = report_of(with_my_rights(tmp_path, reports(SOCKETS)), address=buses)
    assert set(free.values()) == {"done"}
    assert set(report_of(load(tmp_path, reports(SOCKETS)), address=buses).values()) == {"PermissionError"}


def test_137_it_can_write_nowhere_but_into_its_own_temporary_folder(tmp_path: Path) -> None:
    python = """
import os

def _wrote(path, size=1):
    try:
        with open(path, "wb") as file:
            file.write(b"x" * size)
        return "written"
    except OSError as error:
        return type(error).__name__

def _report(context):
    outside = [context.address, "/x", "/usr/x", "/usr/lib/x", "/python/x", "/python/lib/x", "/etc/x"]
    outside += ["/dev/x", "/worker.py", "/python/bin/python3", "/var/tmp/x", "/dev/shm/x"]
    return {
        "outside": {path: _wrote(path) for path in outside},
        "inside": _wrote("/tmp/fine"),
        "too much": _wrote("/tmp/large", 17 * 1024 * 1024),
    }
"""
    marker = tmp_path / "marker"
    seen = report_of(load(tmp_path, reports(python)), address=str(marker))
    assert "written" not in seen["outside"].values()
    assert not marker.exists() and not Path("/tmp/fine").exists()
    assert (seen["inside"], seen["too much"]) == ("written", "OSError")


def test_137_it_is_given_one_accounts_values_and_no_command_line_shows_them(
    tmp_path: Path, standin: StandIn
) -> None:
    python = """
async def request_profile_info(context):
    await context.http_request("GET", context.address + "/me")
    return {"name": "x", "values": context._values}
"""
    below: list[str] = []

    def answer(_: Seen) -> Reply:
        for pid in children_of(os.getpid()):
            below.extend(
                Path(f"/proc/{pid}/{what}").read_bytes().decode(errors="replace")
                for what in ("cmdline", "environ")
            )
        return Reply({})

    standin.answer("GET /me", answer)
    connected = connect(load(tmp_path, python), address=standin.url)
    assert connected.profile["values"].keys() == {"api_key", "address", "created_at"}
    assert any("worker.py" in line for line in below)
    assert not [line for line in below if SECRET in line]


def test_137_its_requests_are_the_apps_and_stay_within_its_hosts(tmp_path: Path, standin: StandIn) -> None:
    python = """
async def request_profile_info(context):
    return (await context.http_request("GET", context.get("target"), authenticate=True)).json()
"""
    toml = FORM + f'[auth.target]\nname = "Target"\nsecret = true\n\n[validate]\nurl = "{standin.url}/ok"\n'
    standin.answer("GET /ok", {})
    standin.answer("GET /me", {"name": "Amelia"})
    connector = load(tmp_path, python, toml=toml)
    assert connect(connector, target=f"{standin.url}/me").name == "Amelia"
    assert standin.asked("/me")[0].header("authorization") == f"Bearer {SECRET}"
    with StandIn() as other:
        for target, why in {
            f"{other.url}/me": "none of its definition's hosts",
            "https://evil.example/me": "none of its definition's hosts",
            f"http://127.0.0.1.evil.example:{standin.port}/me": "not encrypted",
            "http://169.254.169.254/latest/meta-data": "not encrypted",
            "https://169.254.169.254/latest/meta-data": "link-local",
            f"http://user@127.0.0.1:{standin.port}/me": "user name",
            "file:///etc/passwd": "file:",
            "javascript:alert(1)": "javascript:",
        }.items():
            before = len(standin.asked("/me"))
            with pytest.raises(ConnectorError) as refused:
                connect(connector, target=target)
            assert why in refused.value.sentence
            assert other.requests == [] and len(standin.asked("/me")) == before
        # What the person typed into a field that is no secret may be reached.
        other.answer("GET /me", {"name": "Bruno"})
        assert connect(connector, target=f"{other.url}/me", address=other.url).name == "Bruno"
