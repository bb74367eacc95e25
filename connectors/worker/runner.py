"""Functions out of a Python file that was approved to run shut in: they look like any others."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.errors import ConnectorError, DefinitionError
from connectors.templates.text import clean_message
from connectors.worker.hosts import source_hosts
from connectors.worker.limits import Limits
from connectors.worker.sandbox import find_room
from connectors.worker.session import REMEDY, Session, Source, call_step

if TYPE_CHECKING:
    from connectors.context import Context

_MARK = {"$function": True}


class ShutIn:
    """A function that runs in a worker. `path` leads to it, in the file or in what `definition` returns."""

    def __init__(
        self, source: Source, limits: Limits, path: tuple[str, ...], within_definition: bool = False
    ) -> None:
        self._source = source
        self._limits = limits
        self._path = path
        self._within_definition = within_definition

    async def __call__(self, context: Context) -> Any:
        """Runs it. Raises ConnectorError."""
        return await call_step(self._source, self._limits, self._path, self._within_definition, context)


class Runner:
    """Runs the Python files whose hashes are in `approved`, each in a worker of its own."""

    def __init__(self, approved: frozenset[str] = frozenset(), limits: Limits | None = None) -> None:
        self.approved = approved
        self._limits = limits or Limits()
        self._described: dict[str, Any] = {}

    def approving(self, approved: frozenset[str]) -> Runner:
        """The same runner for another set of files; what it has looked at it need not look at again."""
        other = Runner(approved, self._limits)
        other._described = self._described
        return other

    def functions(self, content: bytes, name: str) -> Mapping[str, Callable[..., Any]]:
        """The functions of a file. Runs nothing unless one of them makes the whole definition.

        Raises SyntaxError, or DefinitionError when there is no room to shut the program in.
        """
        room, reason = find_room()
        if room is None:
            raise DefinitionError(f"this definition's program did not run. {reason} {REMEDY}")
        tree = ast.parse(content)
        source = Source(name, content, source_hosts(tree))
        names = [n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        found: dict[str, Callable[..., Any]] = {
            step: ShutIn(source, self._limits, (step,)) for step in names if not step.startswith("_")
        }
        if "definition" in found:
            found["definition"] = self._whole(source)
        return found

    def try_out(self, path: Path) -> None:
        """Runs the file once, shut in, and none of its functions. Raises ConnectorError, SyntaxError."""
        content = path.read_bytes()
        ast.parse(content)
        self._apart(Source(path.name, content), Session.load)

    def _whole(self, source: Source) -> Callable[[Any], Any]:
        """Stands for `definition` while a definition is read; the table was made in the worker."""

        def definition(_names: Any) -> Any:
            if source.hash not in self._described:
                try:
                    self._described[source.hash] = self._apart(source, Session.describe)
                except ConnectorError as error:
                    raise RuntimeError(clean_message(error.sentence)) from error
            made = self._described[source.hash]
            return self._unmarked(made["table"], source, ()) if isinstance(made, Mapping) else made

        return definition

    def _unmarked(self, value: Any, source: Source, at: tuple[str, ...]) -> Any:
        if value == _MARK:
            return ShutIn(source, self._limits, at, within_definition=True)
        if isinstance(value, Mapping):
            return {key: self._unmarked(inner, source, (*at, key)) for key, inner in value.items()}
        return value

    def _apart(self, source: Source, ask: Callable[[Session], Any]) -> Any:
        """Asks a worker from a plain thread, which waits."""

        async def asked() -> Any:
            session = Session(source, self._limits)
            try:
                return await ask(session)
            finally:
                await session.close()

        return asyncio.run(asked())
