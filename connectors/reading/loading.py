"""A definition from its file, with every mistake in it. All of them together: registry.py."""

from __future__ import annotations

import ast
import hashlib
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Literal

from connectors.definition import Connector
from connectors.errors import ConnectorError, DefinitionError
from connectors.reading.check import check_connector
from connectors.reading.connector import read_connector
from connectors.reading.family import with_base
from connectors.reading.lint import lint
from connectors.reading.registry import CATALOG_FOLDER, Catalog, load_catalog
from connectors.reading.sources import Sources
from connectors.reading.table import Problem, Problems
from connectors.templates.text import clean_message

if TYPE_CHECKING:
    from connectors.worker.runner import Runner

__all__ = ["Catalog", "Problem", "check_paths", "code_hash", "load_catalog", "load_file", "script_beside"]

LARGEST_FILE = 1024 * 1024
Functions = Mapping[str, Callable[..., Any]]


def code_hash(path: Path) -> str:
    """The sha256 of a Python file beside a definition, in hex: what is remembered when it is approved."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(source: bytes, path: Path) -> Functions:
    """The functions that a Python file defines. Runs it: only for code that was approved."""
    module = ModuleType(f"jackfield_definition_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look their own module up
    # The bytes that were hashed are the bytes that run; importing would read the file a second time.
    exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102
    own = {
        n: f
        for n, f in vars(module).items()
        if isinstance(f, FunctionType) and f.__module__ == module.__name__
    }
    return {n: f for n, f in own.items() if not n.startswith("_")}


def _not_run(*_: Any) -> Any:
    raise DefinitionError("This function was only looked at, not loaded.")


def _outline(source: bytes) -> Functions:
    """The names of the functions in a Python file, without running it."""
    nodes = ast.parse(source).body
    names = [n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {name: _not_run for name in names if not name.startswith("_")}


def _functions(
    path: Path, problems: Problems, trusted: frozenset[str] | None, outline: bool, runner: Runner | None
) -> Functions | None:
    """The functions beside a definition; None when the definition cannot be read without running them."""
    if not path.exists():
        return {}
    code_problems = Problems(path.name if problems.file == path.with_suffix(".toml").name else str(path))
    try:
        source = path.read_bytes()
        if trusted is None or hashlib.sha256(source).hexdigest() in trusted:
            return _run(source, path)
        if runner is not None and hashlib.sha256(source).hexdigest() in runner.approved:
            return runner.functions(source, path.name)
        found = _outline(source)
    except SyntaxError as error:
        code_problems.add(f"line {error.lineno}", f"the Python file cannot be read: {error.msg}.")
        problems.found += code_problems.found
        return None
    except ConnectorError as error:
        code_problems.add("code", f"{error.sentence} {error.hint}".strip())
        problems.found += code_problems.found
        return None
    except (Exception, SystemExit) as error:
        code_problems.add("code", f"the Python file failed ({type(error).__name__}): {clean_message(error)}.")
        problems.found += code_problems.found
        return None
    if not outline:
        code_problems.add(
            "code",
            "this definition brings a program of its own, which has not been approved. Read it, then "
            f"approve it with: jackfield connectors add {path.with_suffix('.toml')}",
        )
        problems.found += code_problems.found
        return None
    if "definition" in found:
        code_problems.add(
            "definition",
            "the definition is made by this function; what it returns is checked once its code is approved.",
            "warning",
        )
        problems.found += code_problems.found
        return None
    return found


def load_file(
    path: Path,
    *,
    origin: Literal["catalog", "own"] = "own",
    trusted_code: frozenset[str] | None = frozenset(),
    runner: Runner | None = None,
    outline: bool = False,
    name: str = "",
    sources: Sources | None = None,
) -> tuple[Connector | None, tuple[Problem, ...]]:
    """One definition and everything that is wrong with it; no connector when that is fatal.

    `trusted_code` holds the hashes of Python files that may run here; None lets any run. `runner` runs those
    that were approved to run shut in. With `outline` a file that may not run is only looked at, which is
    enough to check it. `sources` is shared by the definitions that are loaded together.
    """
    problems = Problems(name or path.name)
    sources = sources or Sources()
    try:
        raw = sources.content(path)
        if len(raw) > LARGEST_FILE:
            raise ValueError(f"the file is larger than {LARGEST_FILE // 1024} KiB")
        data = sources.table(path)
    except tomllib.TOMLDecodeError as error:
        place, reason = _place(str(error), raw.count(b"\n") + 1)
        problems.add(place, f"the file is not TOML: {reason}.")
    except UnicodeDecodeError:
        problems.add("file", "is not UTF-8 text.")
    except (OSError, ValueError) as error:
        problems.add("file", f"cannot be read: {clean_message(getattr(error, 'strerror', None) or error)}.")
    except RecursionError:
        problems.add("file", "the file is nested too deeply.")
    else:
        whole, bases = (
            with_base(data, path, (CATALOG_FOLDER,), problems, sources) if "base" in data else (data, ())
        )
        functions = _functions(path.with_suffix(".py"), problems, trusted_code, outline, runner)
        for base in bases if functions is not None else ():
            trusted = None if base.parent == CATALOG_FOLDER else trusted_code
            inherited = _functions(base.with_suffix(".py"), problems, trusted, outline, runner)
            # A step that the definition has of its own takes the place of its base's function.
            functions = {**{n: f for n, f in (inherited or {}).items() if n not in data}, **(functions or {})}
        data = _with_javascript(whole, path, problems) if "functions" in whole else whole
        if functions is not None:
            connector = read_connector(data, functions, problems, path=path, origin=origin)
            check_connector(connector, problems)
            if not problems.fatal:
                return connector, tuple(problems.found)
    return None, tuple(problems.found)


def script_beside(path: Path) -> Path | None:
    """The JavaScript file that a definition names for its functions, if it does and has it."""
    try:
        name = tomllib.loads(path.read_text(encoding="utf-8")).get("functions")
    except (OSError, ValueError):
        return None
    script = path.parent / name if isinstance(name, str) and Path(name).name == name else None
    return script if script is not None and script.is_file() else None


def _with_javascript(data: dict[str, Any], path: Path, problems: Problems) -> dict[str, Any]:
    """The steps that are functions of an imported module; nothing of it runs before it is needed."""
    from connectors.dialects.appmixer import attach

    return attach(data, path, problems)


def _place(message: str, last_line: int) -> tuple[str, str]:
    """The line and the reason out of tomllib's message: “Expected '=' (at line 3, column 5)”."""
    reason, _, place = message.rpartition(" (at ")
    if not reason:
        return "file", clean_message(message)
    line = place.rstrip(")").split(",")[0]
    return line if line.startswith("line") else f"line {last_line}", clean_message(reason)


def check_paths(paths: Iterable[Path], *, trusted_code: frozenset[str] = frozenset()) -> list[Problem]:
    """Every mistake in the given files and folders. Python files that are not trusted are read, not run."""
    problems: list[Problem] = []
    for given in paths:
        path = Path(given)
        files = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        if not files:
            problems.append(Problem(str(path), "file", "there is no definition (*.toml) in this folder."))
        keys: dict[str, str] = {}
        sources = Sources()
        for file in files:
            connector, wrong = load_file(
                file, trusted_code=trusted_code, outline=True, name=str(file), sources=sources
            )
            problems += wrong
            if connector is not None:
                advice = Problems(str(file))
                lint(connector, advice)
                problems += advice.found
            if connector is not None and (other := keys.setdefault(connector.key, str(file))) != str(file):
                problems.append(
                    Problem(str(file), "key", f"“{connector.key}” is defined in {other} already.")
                )
    return problems
