"""The catalog and the person's own definitions: home/connectors, and which Python files there may run."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from connectors.definition import Connector
from connectors.errors import DefinitionError
from connectors.loading import Catalog, code_hash, load_catalog, load_file
from desktop.engine.vault_session import VaultSession

FOLDER = "connectors"
TRUSTED = "trusted_code"


class Definitions:
    """Own definitions win over the built-in ones by key. Approved Python files are known by their SHA-256."""

    def __init__(self, home: Path, session: VaultSession) -> None:
        self.folder = home / FOLDER
        self.catalog = Catalog(())
        self._session = session

    async def reload(self) -> None:
        """Reads everything again. While the vault is locked, no Python file of one's own runs."""
        trusted = self._trusted()
        self.catalog = await asyncio.to_thread(load_catalog, self.folder, trusted_code=trusted)

    async def add(self, path: Path, *, run_with_my_rights: bool) -> str:
        """Takes a definition, and the approved Python file beside it, into the own folder. Returns its key.

        A definition of the same key that was added before is replaced.
        Raises DefinitionError with every problem when it is refused; then nothing was changed.
        """
        path, code = _pair(path)
        approved = self._trusted()
        if code is not None:
            if not run_with_my_rights:
                raise DefinitionError(
                    f"{path.name} comes with a program of its own, {code.name}, which runs with your rights.",
                    "Read that file. If you trust it, add the definition again and allow it to run.",
                )
            approved |= {code_hash(code)}
        connector, problems = await asyncio.to_thread(load_file, path, trusted_code=approved)
        if connector is None:
            reasons = " ".join(str(problem) for problem in problems if problem.severity == "error")
            raise DefinitionError(f"{path.name} was not added. {reasons}", "Mend it and add it again.")
        self._refuse_second(connector)
        if code is not None:
            self._session.vault.set_meta(TRUSTED, json.dumps(sorted(approved)))
        await asyncio.to_thread(self._copy, connector.key, path, code)
        await self.reload()
        return connector.key

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
        _write_private(target, path.read_bytes())

    def _trusted(self) -> frozenset[str]:
        if self._session.state != "open":
            return frozenset()
        return frozenset(json.loads(self._session.vault.meta(TRUSTED) or "[]"))


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
