"""What people install works by itself: the frozen program, the Debian package, the wheel."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.requirements import need_room

DEADLINE = 120  # seconds, generous: a start takes a quarter of one


@pytest.fixture(scope="session")
def program(built: Path) -> Path:
    return built / "jackfield" / "jackfield"


@pytest.fixture(scope="session")
def deb(built: Path) -> Path:
    (package,) = built.glob("jackfield_*.deb")
    return package


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of the checkout or of its virtual environment can be found."""
    (tmp_path / "user").mkdir()
    return {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "user"), "LANG": "C.UTF-8"}


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of its own, which chooses its number and says it when it is ready."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(DEADLINE)


def run(*command: str | Path, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=env, cwd=cwd, capture_output=True, text=True, timeout=DEADLINE, stdin=subprocess.DEVNULL
    )


def test_the_program_creates_opens_and_checks_a_vault(
    program: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "pass").write_text("correct horse battery staple\n")
    options = ["--home", str(tmp_path / "home"), "--passphrase-file", str(tmp_path / "pass")]

    created = run(program, *options, "vault", "init", env=bare, cwd=tmp_path)
    assert created.returncode == 0, created.stderr
    assert not (tmp_path / "home" / "vault.db").read_bytes().startswith(b"SQLite format 3"), (
        "SQLCipher is inside"
    )

    checked = run(program, *options, "vault", "check", "--json", env=bare, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["ok"] is True


def test_the_program_carries_the_catalog(program: Path, bare: dict[str, str], tmp_path: Path) -> None:
    options = ["--home", str(tmp_path / "home")]
    listed = run(program, *options, "connectors", "list", "--json", env=bare, cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert listed.stderr == "", "no definition lost its Python file on the way"
    keys = {connector["key"] for connector in json.loads(listed.stdout)}
    root = Path(__file__).resolve().parents[2]
    assert keys == {file.stem for file in (root / "connectors" / "catalog").glob("*.toml")}


def test_the_program_shuts_a_definitions_program_in(
    program: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    """There the program itself is the Python inside the room."""
    need_room()
    (tmp_path / "pass").write_text("correct horse battery staple\n")
    (tmp_path / "own.toml").write_text('name = "Own"\ntype = "apiKey"\n[auth.api_key]\nname = "Key"\n')
    (tmp_path / "own.py").write_text(
        "import os\n\ndef request_profile_info(context):\n"
        "    return {'name': 'Amelia', 'root': os.listdir('/'), 'environment': dict(os.environ)}\n"
    )
    options = ["--home", str(tmp_path / "home"), "--passphrase-file", str(tmp_path / "pass")]
    for command in (["vault", "init"], ["connectors", "add", "own.toml"]):
        done = run(program, *options, *command, env=bare, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    connected = run(
        program, *options, "connect", "own", "--set", "api_key=a-key", "--json", env=bare, cwd=tmp_path
    )
    assert connected.returncode == 0, connected.stderr
    profile = json.loads(connected.stdout)["profile"]
    assert set(profile["root"]) <= {"dev", "etc", "lib", "lib64", "python", "tmp", "usr"}
    assert profile["environment"] == {}


def test_the_program_serves_the_practice_provider(
    program: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    serving = subprocess.Popen(
        [program, "practice", "--serve-only", "--port", "0"],
        env=bare,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stdout is not None
        url = serving.stdout.readline().strip()
        import httpx

        with httpx.Client(trust_env=False, timeout=DEADLINE) as client:
            page = client.get(url)
        assert page.status_code == 200
        assert "amelia" in page.text
    finally:
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=DEADLINE)
    assert serving.returncode == 130


def test_the_program_shows_its_window(
    program: Path,
    bare: dict[str, str],
    tmp_path: Path,
    needed: Callable[[bool, str], None],
    request: pytest.FixtureRequest,
) -> None:
    needed(shutil.which("Xvfb") is not None, "Xvfb")
    needed(shutil.which("xdotool") is not None, "xdotool")
    env = bare | {"DISPLAY": request.getfixturevalue("display")}
    with (tmp_path / "stderr").open("w") as stderr:
        console = subprocess.Popen(
            [program, "--home", str(tmp_path / "home")], env=env, cwd=tmp_path, stdout=stderr, stderr=stderr
        )
    try:
        # --sync returns when the window is there and mapped.
        found = run(
            "xdotool", "search", "--sync", "--onlyvisible", "--name", "Jackfield", env=env, cwd=tmp_path
        )
        assert found.stdout.strip(), found.stderr
        assert console.poll() is None
    finally:
        console.terminate()
        console.wait(DEADLINE)
    assert (tmp_path / "stderr").read_text() == "", "Qt found its plugins and has nothing to complain about"


def test_the_debian_package_holds_program_menu_entry_and_icon(deb: Path) -> None:
    listing = subprocess.run(["dpkg-deb", "-c", deb], check=True, capture_output=True, text=True).stdout
    entries = {line.split()[5]: line.split() for line in listing.splitlines()}
    for path in (
        "./usr/lib/jackfield/jackfield",
        "./usr/share/applications/jackfield.desktop",
        "./usr/share/icons/hicolor/scalable/apps/jackfield.svg",
        "./usr/share/doc/jackfield/copyright",
    ):
        assert path in entries
    assert entries["./usr/bin/jackfield"][-1] == "../lib/jackfield/jackfield"
    assert {entry[1] for entry in entries.values()} == {"root/root"}
    assert not [path for path, entry in entries.items() if entry[0][0] != "l" and entry[0][8] == "w"]


def test_the_debian_package_says_what_it_needs(deb: Path) -> None:
    fields = subprocess.run(["dpkg-deb", "-f", deb], check=True, capture_output=True, text=True).stdout
    for expected in (
        "Package: jackfield\n",
        "libxcb-cursor0",
        "libc6 (>= 2.",
        "Installed-Size: ",
        "bubblewrap",
    ):
        assert expected in fields


def test_the_debian_package_unpacks_into_a_working_tree(
    deb: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    root = tmp_path / "root"
    subprocess.run(["dpkg-deb", "-R", deb, root], check=True)
    for line in (root / "DEBIAN" / "md5sums").read_text().splitlines()[:50]:
        digest, path = line.split("  ", 1)
        assert hashlib.md5((root / path).read_bytes(), usedforsecurity=False).hexdigest() == digest
    entry = (root / "usr/share/applications/jackfield.desktop").read_text()
    assert "\nExec=jackfield %U\n" in entry
    assert "\nMimeType=x-scheme-handler/jackfield;\n" in entry
    assert "\nIcon=jackfield\n" in entry
    said = run(root / "usr/bin/jackfield", "--version", env=bare, cwd=tmp_path)
    assert said.stdout.startswith("jackfield "), said.stderr


def test_the_menu_entry_is_valid(needed: Callable[[bool, str], None]) -> None:
    needed(shutil.which("desktop-file-validate") is not None, "desktop-file-validate (desktop-file-utils)")
    entry = Path(__file__).resolve().parents[2] / "resources" / "jackfield.desktop"
    said = subprocess.run(["desktop-file-validate", entry], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "")


def test_the_wheel_brings_catalog_and_resources(installed_wheel: Path, tmp_path: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(installed_wheel)}
    where = run(
        sys.executable,
        "-c",
        "import desktop, connectors; from desktop.assets import resource; print(desktop.__file__);"
        "print(connectors.__file__); print(resource('icons', 'jackfield.svg'))",
        env=env,
        cwd=tmp_path,
    )
    paths = [Path(line) for line in where.stdout.splitlines()]
    assert len(paths) == 3, where.stderr
    assert all(path.is_file() and path.is_relative_to(installed_wheel) for path in paths)

    listed = run(
        sys.executable,
        "-m",
        "desktop",
        "--home",
        str(tmp_path),
        "connectors",
        "list",
        "--json",
        env=env,
        cwd=tmp_path,
    )
    assert "practice-oauth2" in {connector["key"] for connector in json.loads(listed.stdout)}, listed.stderr


def test_one_version_everywhere() -> None:
    import tomllib

    from desktop import __version__

    root = Path(__file__).resolve().parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
    assert f"## [{__version__}]" in (root / "CHANGELOG.md").read_text()
