"""The catalog and the person's own definitions: home/connectors, and which Python files there may run."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from connectors.definition import Connector
from connectors.errors import ConnectorError, DefinitionError
from connectors.operations import SUFFIX as OPERATIONS
from connectors.reading.loading import Catalog, code_hash, load_catalog, load_file, script_beside
from connectors.worker.runner import Runner
from connectors.worker.sandbox import find_room
from desktop.engine.definitions.index import definition_index
from desktop.engine.vault_session import VaultSession

FOLDER = "connectors"
TRUSTED = "trusted_code"  # runs with the person's own rights
SHUT_IN = "shut_in_code"  # runs in a worker


class Definitions:
    """Own definitions win over the built-in ones by key. Approved Python files are known by their SHA-256."""

    def __init__(self, home: Path, session: VaultSession) -> None:
        self.folder = home / FOLDER
        self.catalog = Catalog(())
        self._index = definition_index(home)
        self._session = session
        self._runner = Runner()

    async def reload(self) -> None:
        """Reads everything again. While the vault is locked, no Python file of one's own runs."""
        trusted = self._approved(TRUSTED)
        self._runner = self._runner.approving(self._approved(SHUT_IN))
        self.catalog = await asyncio.to_thread(
            load_catalog, self.folder, trusted_code=trusted, runner=self._runner, index=self._index
        )

    async def why_not_shut_in(self) -> str:
        """Why no program can be shut in on this computer, as a sentence; empty when it can."""
        _, reason = await asyncio.to_thread(find_room)
        return reason

    async def add(self, path: Path, *, shut_in: bool, run_with_my_rights: bool) -> str:
        """Takes a definition, and the approved Python file beside it, into the own folder. Returns its key.

        `run_with_my_rights` wins over `shut_in`. A definition of the same key that was added before is
        replaced.
        Raises DefinitionError with every problem when it is refused; then nothing was changed.
        """
        path, code = _pair(path)
        trusted, within = self._approved(TRUSTED), self._approved(SHUT_IN)
        if code is not None:
            this = frozenset({code_hash(code)})
            if run_with_my_rights:
                trusted, within = trusted | this, within - this
            elif shut_in:
                trusted, within = trusted - this, within | this
                await self._try_out(code)
            else:
                raise DefinitionError(
                    f"{path.name} comes with a program, {code.name}, which was not allowed to run.",
                    "Read that file. If you trust it, add the definition again and allow it to run.",
                )
        connector, problems = await asyncio.to_thread(
            load_file, path, trusted_code=trusted, runner=self._runner.approving(within)
        )
        if connector is None:
            reasons = "\n".join(f"{p.key}: {p.reason}" for p in problems if p.severity == "error")
            raise DefinitionError(f"{path.name} was not added.\n{reasons}", "Mend it and add it again.")
        self._refuse_second(connector)
        if code is not None:
            self._session.vault.set_meta(TRUSTED, json.dumps(sorted(trusted)))
            self._session.vault.set_meta(SHUT_IN, json.dumps(sorted(within)))
        await asyncio.to_thread(self._copy, connector.key, path, code)
        await self.reload()
        return connector.key

    async def _try_out(self, code: Path) -> None:
        """Loads the program once, shut in: its mistakes are told before anything is taken."""
        if reason := await self.why_not_shut_in():
            raise DefinitionError(
                f"{code.name} was not added: its program cannot be shut in. {reason}",
                "Install bubblewrap. Or, if you trust the program with all that is yours, let it run with "
                "your own rights (on the command line: --run-with-my-rights).",
            )
        try:
            await asyncio.to_thread(self._runner.try_out, code)
        except SyntaxError as error:
            raise DefinitionError(
                f"{code.name} was not added. Line {error.lineno} cannot be read: {error.msg}.",
                "Mend it and add it again.",
            ) from error
        except ConnectorError as error:
            raise DefinitionError(
                f"{code.name} was not added. When it was tried, shut in: {error.sentence}",
                "Mend it and add it again.",
            ) from error

    def _refuse_second(self, connector: Connector) -> None:
        """Two own files with one key: which of them counts would be a matter of luck."""
        own = next((one for one in self.catalog if one.key == connector.key and one.origin == "own"), None)
        if own is not None and own.source is not None and own.source.name != f"{connector.key}.toml":
            raise DefinitionError(
                f"The connector {connector.key} is defined in {own.source} already.",
                "Change that file, or give the new definition another key.",
            )

    def _copy(self, key: str, path: Path, code: Path | None) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self.folder / f"{key}.toml"
        if target.exists() and target.samefile(path):
            return
        if code is not None:  # first: with the definition alone, the pair would be loaded without it
            _write_private(self.folder / f"{key}.py", code.read_bytes())
        else:
            (self.folder / f"{key}.py").unlink(missing_ok=True)
        if (script := script_beside(path)) is not None:
            _write_private(self.folder / script.name, script.read_bytes())
        else:
            (self.folder / f"{key}.js").unlink(missing_ok=True)
        if (operations := path.with_suffix(OPERATIONS)).is_file():
            _write_private(self.folder / f"{key}{OPERATIONS}", operations.read_bytes())
        else:
            (self.folder / f"{key}{OPERATIONS}").unlink(missing_ok=True)
        _write_private(target, path.read_bytes())

    def _approved(self, kind: str) -> frozenset[str]:
        if self._session.state != "open":
            return frozenset()
        return frozenset(json.loads(self._session.vault.meta(kind) or "[]"))


def _pair(path: Path) -> tuple[Path, Path | None]:
    """The definition, and the Python file if one lies beside it."""
    path = path.resolve()
    if path.suffix != ".toml" or not path.is_file():
        raise DefinitionError(f"{path} is not a definition.", "Name one .toml file.")
    code = path.with_suffix(".py")
    return path, code if code.is_file() else None


def _write_private(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    part.replace(target)
