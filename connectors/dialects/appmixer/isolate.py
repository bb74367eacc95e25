"""A V8 isolate for one definition's JavaScript: no files, no network, and limits on time and memory.

JavaScript cannot call Python. What it wants done lies in a list that `take` returns; so nothing here runs
on behalf of a module but what `calling.py` decides to do.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import re
import secrets
import threading
from collections import OrderedDict, deque
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

from connectors.errors import DefinitionError
from connectors.templates.text import clean_message

RUNTIME = Path(__file__).parent / "runtime"
SECONDS = 5.0  # for one stretch of JavaScript; waiting for an answer does not count
MEMORY = 96 * 1024 * 1024
LARGEST_MESSAGE = 8 * 1024 * 1024
MOST_ISOLATES = 8

EXTRA_MISSING = (
    "JavaScript definitions need the extra “appmixer”, which is not installed: "
    "pip install 'jackfield[appmixer]'."
)


def check_engine() -> None:
    """Raises DefinitionError with a sentence when the JavaScript engine is not installed."""
    try:
        import py_mini_racer  # noqa: F401
    except ImportError as error:
        raise DefinitionError(EXTRA_MISSING) from error


@lru_cache(maxsize=1)
def _runtime() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(RUNTIME.glob("*.js")))


class _Loop:
    """The one event loop on which all isolates report; it outlives each of them."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="javascript", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@lru_cache(maxsize=1)
def _loop() -> _Loop:
    made = _Loop()
    atexit.register(made.close)
    atexit.register(close_all)  # runs before the loop is closed: the last registered is the first to run
    return made


class Isolate:
    """One definition's JavaScript. Calls come from worker threads, one at a time."""

    def __init__(self, bundle: str) -> None:
        check_engine()
        from py_mini_racer import mini_racer

        self._lock = threading.Lock()
        self._closing = ExitStack()
        self.broken = False
        self.users = 0
        self.over: deque[str] = deque()  # sessions to forget
        self._engine = self._closing.enter_context(mini_racer(_loop().loop))
        self._engine.set_hard_memory_limit(MEMORY)
        self._run(_runtime() + "\n0")
        self._run(bundle + "\n0")

    def _run(self, code: str) -> Any:
        from py_mini_racer import JSEvalException, JSOOMException, JSParseException, JSTimeoutException

        with self._lock:
            if self.broken:
                raise DefinitionError("The definition's JavaScript was stopped.", "Try again.")
            try:
                found = self._engine.eval(code, timeout_sec=SECONDS)
            except (JSTimeoutException, JSOOMException) as error:
                raise self._stopped("time" if isinstance(error, JSTimeoutException) else "memory") from error
            except (JSParseException, JSEvalException) as error:
                said = clean_message(re.sub(r"^<anonymous>:\d+: ", "", str(error).strip().splitlines()[0]))
                raise DefinitionError(f"The definition's JavaScript cannot be read: {said}.") from error
            if self._engine.was_hard_memory_limit_reached():
                raise self._stopped("memory")  # in what ran after the last call had returned
            return found

    def _stopped(self, limit: str) -> DefinitionError:
        self.close()  # at once: what was too long would go on otherwise
        return DefinitionError(
            f"The definition's JavaScript used more {limit} than it may and was stopped.",
            "This is a mistake in the definition, not in what you typed.",
        )

    def begin(self, session: str, step: str, values: str) -> None:
        """Starts a step; `values` is JSON."""
        seed = secrets.token_hex(32)
        while self.over:
            self._run(f"jackfield.close({json.dumps(self.over.popleft())}); 0")
        given = f"JSON.parse({json.dumps(values)})"
        self._run(f"jackfield.start({json.dumps(session)}, {json.dumps(step)}, {given}, '{seed}'); 0")

    def describe(self) -> None:
        """Starts reading the module."""
        self._run(f"jackfield.describe('{secrets.token_hex(32)}'); 0")

    def take(self, session: str) -> dict[str, Any]:
        """`effects` that are wanted, and `outcome` (JSON) once the step has ended."""
        text = str(self._run(f"jackfield.take({json.dumps(session)})"))
        if len(text) > LARGEST_MESSAGE:
            raise DefinitionError("The definition's JavaScript returned more than it may.")
        return dict(json.loads(text))

    def answer(self, session: str, call: int, data: str) -> None:
        """Hands the result of an effect back; `data` is JSON."""
        given = f"JSON.parse({json.dumps(data)})"
        self._run(f"jackfield.answer({json.dumps(session)}, {int(call)}, {given}); 0")

    def close(self) -> None:
        """Ends the isolate and whatever runs in it."""
        self.broken = True
        self._closing.close()


_open: OrderedDict[tuple[str, int, int], Isolate] = OrderedDict()
_opening = threading.Lock()


def take_isolate(path: Path) -> Isolate:
    """The isolate of a definition's file, started when it is first needed or after it was changed.

    It stays until it is given back. Raises DefinitionError when there is no engine or no such file.
    """
    try:
        facts = path.stat()
        key = (str(path), facts.st_mtime_ns, facts.st_size)
        with _opening:
            found = _open.pop(key, None)
            if found is None or found.broken:
                if found is not None:
                    found.close()
                found = Isolate(path.read_text(encoding="utf-8"))
            found.users += 1
            _open[key] = found
            idle = [one for one, isolate in _open.items() if isolate.users == 0]
            for one in idle[: max(0, len(_open) - MOST_ISOLATES)]:
                _open.pop(one).close()
            return found
    except (OSError, UnicodeError) as error:
        raise DefinitionError(
            f"The JavaScript of this definition, {path.name}, cannot be read.", "Import the module again."
        ) from error


def give_back(isolate: Isolate) -> None:
    """The opposite of `take_isolate`."""
    with _opening:
        isolate.users -= 1


def close_all() -> None:
    """Ends every isolate."""
    with _opening:
        while _open:
            _open.popitem()[1].close()
