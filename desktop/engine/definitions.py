"""The catalog and the person's own definitions: home/connectors, and which Python files there may run."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from pathlib import Path

from connectors.loading import Catalog, check_paths, load_catalog

from connectors.errors import DefinitionError
from desktop.engine.vault_session import VaultSession

FOLDER = "connectors"
TRUSTED = "trusted_code"


class Definitions:
    """Own definitions win over the built-in ones by key. Approved Python files are known by their SHA-256."""

    def __init__(self, home: Path, session: VaultSession) -> None:
        self.folder = home / FOLDER
        self.catalog = Catalog()
        self._session = session

    async def reload(self) -> None:
        """Reads everything again. While the vault is locked, no file of one's own runs."""
        trusted = self._trusted()
        self.catalog = await asyncio.to_thread(load_catalog, self.folder, trusted_code=trusted)

    async def add(self, path: Path, *, run_with_my_rights: bool) -> str:
        """Takes a definition, and the approved Python file beside it, into the own folder. Returns its key.

        Raises DefinitionError with every problem when it is refused; then nothing was copied.
        """
        path, code = _pair(path)
        has_code = code.is_file()
        if has_code and not run_with_my_rights:
            raise DefinitionError(
                f"{path.name} has a Python file beside it, {code.name}, which would run with your rights.",
                "Read that file. If you trust it, add the definition again and allow it to run.",
            )
        if has_code:
            self._trust(code)
        problems = await asyncio.to_thread(check_paths, [path])
        errors = [str(problem) for problem in problems if problem.severity == "error"]
        if errors:
            raise DefinitionError(
                f"{path.name} was not added. " + " ".join(errors), "Mend it and add it again."
            )
        await asyncio.to_thread(self._copy, path, code if has_code else None)
        before = self.catalog
        await self.reload()
        target = self.folder / path.name
        for connector in self.catalog:
            if connector.source is not None and connector.source.resolve() == target.resolve():
                return connector.key
        reasons = " ".join(
            str(problem) for problem in self.catalog.problems if problem.file.endswith(path.name)
        )
        target.unlink(missing_ok=True)
        self.catalog = before
        raise DefinitionError(f"{path.name} was not added. {reasons}".strip(), "Mend it and add it again.")

    def _copy(self, path: Path, code: Path | None) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for source in (code, path):  # the definition last: it is what makes the pair be loaded
            if source is None or source.parent == self.folder.resolve():
                continue
            part = self.folder / f".{source.name}.part"
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(source.read_bytes())
            part.replace(self.folder / source.name)

    def _trusted(self) -> frozenset[str]:
        if self._session.state != "open":
            return frozenset()
        return frozenset(json.loads(self._session.vault.meta(TRUSTED) or "[]"))

    def _trust(self, code: Path) -> None:
        digest = hashlib.sha256(code.read_bytes()).hexdigest()
        self._session.vault.set_meta(TRUSTED, json.dumps(sorted(self._trusted() | {digest})))


def _pair(path: Path) -> tuple[Path, Path]:
    """The definition and the Python file that may lie beside it."""
    path = path.resolve()
    if path.suffix != ".toml" or not path.is_file():
        raise DefinitionError(f"{path} is not a definition.", "Name one .toml file.")
    return path, path.with_suffix(".py")
