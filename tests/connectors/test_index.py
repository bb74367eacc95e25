"""The index of definitions: as good as reading them, and never believed when anything is not as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.definition import Request
from connectors.reading.index import Index
from connectors.reading.loading import code_hash, load_catalog
from connectors.reading.registry import Catalog
from tests.connectors.support import shipped

ROOT = Path(__file__).parents[2]
DEFINITION = """
name = "{name}"
type = "apiKey"
[auth.api_key]
type = "password"
name = "Key"
[validate]
url = "https://api.example.com/me"
headers = {{ Authorization = "Bearer {{{{api_key}}}}" }}
"""
PROGRAM = 'def validate(context):\n    return {"name": context.api_key}\n'
WITH_PROGRAM = 'name = "Programmed"\ntype = "apiKey"\n[auth.api_key]\nname = "Key"\n[apply]\n' + (
    'headers = { X = "{{api_key}}" }\n'
)


class Home:
    """A home folder with own definitions, and loading through its index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.own = folder / "connectors"
        self.own.mkdir(parents=True)

    def write(self, name: str, text: str) -> Path:
        path = self.own / name
        path.write_text(text)
        return path

    def load(self, maker: str = "1.0", trusted: frozenset[str] = frozenset()) -> Catalog:
        return load_catalog(self.own, trusted_code=trusted, index=Index(self.folder / "cache", maker))

    def kept(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in sorted((self.folder / "cache").iterdir())}


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one own definition, after a first start."""
    made = Home(tmp_path_factory.mktemp("first") / "home")
    made.write("mine.toml", DEFINITION.format(name="Mine"))
    made.load()
    return made


@pytest.fixture
def home(first_home: Home, tmp_path: Path) -> Home:
    """The same, with an index already."""
    made = Home(tmp_path / "home")
    shutil.copytree(first_home.folder, made.folder, dirs_exist_ok=True)
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Home:
    """The same, without an index."""
    made = Home(tmp_path / "home")
    made.write("mine.toml", DEFINITION.format(name="Mine"))
    return made


def test_what_comes_from_the_index_is_what_was_read(fresh: Home) -> None:
    read = load_catalog(fresh.own)
    assert list(fresh.load()) == list(read)
    kept = fresh.kept()
    assert sorted(kept) == ["catalog.index", "own.index"]
    again = fresh.load()
    assert list(again) == list(read)
    assert again.problems == read.problems == ()
    assert again.get("mine").source == fresh.own / "mine.toml"
    assert again.get("mine").origin == "own"
    assert fresh.kept() == kept


def test_only_its_owner_can_read_it(fresh: Home) -> None:
    fresh.load()
    cache = fresh.folder / "cache"
    assert cache.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in cache.iterdir()} == {0o600}


def test_a_file_that_says_something_else_is_read_again(home: Home) -> None:
    path = home.own / "mine.toml"
    before = path.stat()
    path.write_text(DEFINITION.format(name="Mein"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # the same size at the same time
    assert home.load().get("mine").name == "Mein"
    assert home.load().get("mine").name == "Mein"


def test_files_come_and_go(home: Home) -> None:
    second = home.write("second.toml", DEFINITION.format(name="Second"))
    assert {"mine", "second"} <= {one.key for one in home.load()}
    second.rename(home.own / "third.toml")
    catalog = home.load()
    assert "second" not in catalog and catalog.get("third").name == "Second"
    (home.own / "third.toml").unlink()
    (home.own / "mine.toml").unlink()
    assert len(home.load()) == len(shipped())


def test_what_stands_on_a_changed_definition_changes_with_it(home: Home) -> None:
    home.write("above.toml", 'base = "mine"\nname = "Above"')
    home.load()
    text = DEFINITION.format(name="Mine").replace("api.example.com", "eu.example.com")
    home.write("mine.toml", text)
    validate = home.load().get("above").default_method.validate
    assert isinstance(validate, Request) and validate.url == "https://eu.example.com/me"


def test_another_version_of_the_program_reads_for_itself(home: Home) -> None:
    old = home.kept()
    assert len(home.load(maker="2.0")) == len(shipped()) + 1
    assert all(home.kept()[name] != content for name, content in old.items())


def test_an_own_definition_wins_from_the_index_too(home: Home) -> None:
    home.write("github.toml", DEFINITION.format(name="Our forge"))
    for _ in range(2):
        catalog = home.load()
        assert catalog.get("github").name == "Our forge"
        assert len(catalog) == len(shipped()) + 1  # github only once, and mine


def test_problems_are_told_every_time(home: Home) -> None:
    home.write("broken.toml", 'name = "Broken"\ntype = "apiKey"\nbase_ur = "x"')
    home.write("warned.toml", 'name = "Warned"\ntype = "apiKey"\n[auth.key]\nname = "Key"')
    home.write("same.toml", 'key = "mine"\n' + DEFINITION.format(name="Same"))
    first, second = home.load(), home.load()
    assert {Path(problem.file).name for problem in first.problems} == {
        "broken.toml",
        "warned.toml",
        "same.toml",
    }
    assert second.problems == first.problems
    assert list(second) == list(first)


def test_a_program_is_asked_about_every_time(home: Home) -> None:
    home.write("prog.toml", WITH_PROGRAM)
    code = home.write("prog.py", PROGRAM)
    approved = frozenset({code_hash(code)})
    for _ in range(2):
        assert home.load(trusted=approved).get("prog").default_method.validate is not None
        assert "prog" not in home.load()
    assert all(b"Programmed" not in content for content in home.kept().values())
    code.write_text(PROGRAM + "# edited\n")
    assert "prog" not in home.load(trusted=approved)


def test_a_program_put_beside_a_kept_definition_is_noticed(home: Home) -> None:
    home.write("mine.py", PROGRAM)
    catalog = home.load()
    assert "mine" not in catalog
    assert "approve" in catalog.problems[0].reason


def test_what_stands_on_a_program_is_not_kept(home: Home) -> None:
    home.write("prog.toml", WITH_PROGRAM)
    code = home.write("prog.py", PROGRAM)
    # It replaces the only function, so that the result holds none.
    home.write("above.toml", 'base = "prog"\nname = "Above"\nvalidate = "https://api.example.com/"')
    assert "above" in home.load(trusted=frozenset({code_hash(code)}))
    assert "above" not in home.load()


@pytest.mark.parametrize("value", ["2026-01-31", "2026-01-31T10:00:00", "10:00:00", "9" * 30, "[nan]"])
def test_values_that_the_index_cannot_hold_come_out_as_they_are(home: Home, value: str) -> None:
    text = DEFINITION.format(name="Odd").replace("[validate]", '[validate]\nmethod = "POST"')
    home.write("odd.toml", f"{text}[validate.body]\nvalue = {value}\n")
    read = load_catalog(home.own)
    assert [str(problem) for problem in read.problems] == []
    for _ in range(2):
        assert repr(home.load().get("odd")) == repr(read.get("odd"))


def flip(at: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: content[:20], id="cut short"),
        pytest.param(lambda content: content[:-1], id="without its end"),
        pytest.param(lambda content: content + b"\0", id="longer"),
        pytest.param(lambda content: b"\x81" * 5000, id="something else"),
        pytest.param(flip(0), id="its sum"),
        pytest.param(flip(5000), id="one bit"),
    ],
)
def test_a_damaged_index_is_ignored_and_made_anew(home: Home, damage: Callable[[bytes], bytes]) -> None:
    read = list(home.load())
    kept = home.kept()
    for name, content in kept.items():
        (home.folder / "cache" / name).write_bytes(damage(content) if len(content) > 5000 else b"")
    assert list(home.load()) == read
    assert home.kept() == kept


def test_one_shelf_does_not_pass_for_the_other(home: Home) -> None:
    read = list(home.load())
    cache = home.folder / "cache"
    (cache / "own.index").write_bytes((cache / "catalog.index").read_bytes())
    assert list(home.load()) == read


@pytest.mark.parametrize("place", ["/proc/jackfield", "/proc/jackfield/cache", "/dev/null"])
def test_where_nothing_can_be_written_everything_is_read(home: Home, place: str) -> None:
    catalog = load_catalog(home.own, index=Index(Path(place), "1.0"))
    assert list(catalog) == list(home.load())
    assert catalog.problems == ()


def test_listing_makes_no_home(tmp_path: Path) -> None:
    home = tmp_path / "none"
    assert len(load_catalog(home / "connectors", index=Index(home / "cache", "1"))) == len(shipped())
    assert not home.exists()


LOAD = """
import sys
from pathlib import Path
from connectors.reading.index import Index
from connectors.reading.registry import load_catalog
home = Path(sys.argv[1])
sys.stdin.read(1)
for _ in range(int(sys.argv[2])):
    catalog = load_catalog(home / "connectors", index=Index(home / "cache", "1.0"))
print(len(catalog), "connectors.reading.loading" in sys.modules, "httpx" in sys.modules)
"""


def start(home: Home, times: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LOAD, str(home.folder), str(times)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)


def test_processes_at_once_do_not_disturb_each_other(fresh: Home) -> None:
    processes = [start(fresh, times=3) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120)[0].split()[0] for process in processes]
    assert said == [str(len(shipped()) + 1)] * 3
    assert sorted(fresh.kept()) == ["catalog.index", "own.index"]
    kept = fresh.kept()
    fresh.load()
    assert fresh.kept() == kept


def test_neither_reader_nor_http_is_loaded_for_what_the_index_holds(fresh: Home) -> None:
    count = len(shipped()) + 1
    assert start(fresh).communicate("\n", timeout=120)[0].split() == [str(count), "True", "False"]
    assert start(fresh).communicate("\n", timeout=120)[0].split() == [str(count), "False", "False"]
