"""All connectors: the catalog that ships with the app, and the person's own definitions, which win by key.

Reading files is imported only when one has to be read; what the index holds comes without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from connectors.definition import Connector
from connectors.errors import DefinitionError
from connectors.reading.index import Index
from connectors.reading.sources import Sources
from connectors.reading.table import Problem
from connectors.templates.text import did_you_mean

if TYPE_CHECKING:
    from connectors.worker.runner import Runner

CATALOG_FOLDER = Path(__file__).parent.parent / "catalog"
Origin = Literal["catalog", "own"]


class Catalog:
    """All connectors by key. `problems` tells what is wrong with those that could not be loaded."""

    def __init__(self, connectors: Iterable[Connector], problems: Iterable[Problem] = ()) -> None:
        self._connectors = {c.key: c for c in sorted(connectors, key=lambda c: c.name.lower())}
        self.problems = tuple(problems)

    def get(self, key: str) -> Connector:
        """The connector of that key. Raises DefinitionError that names the nearest ones."""
        if key in self._connectors:
            return self._connectors[key]
        mistakes = [p for p in self.problems if p.severity == "error" and Path(p.file).stem == key]
        if mistakes:
            said = " ".join(f"{p.key}: {p.reason}" for p in mistakes)
            raise DefinitionError(f"The definition of “{key[:60]}” has a mistake and was not loaded: {said}")
        hint = did_you_mean(key, self._connectors).strip()
        raise DefinitionError(f"There is no connector “{key[:60]}”.", hint or "See the list of connectors.")

    def __iter__(self) -> Iterator[Connector]:
        return iter(self._connectors.values())

    def __len__(self) -> int:
        return len(self._connectors)

    def __contains__(self, key: object) -> bool:
        return key in self._connectors

    def search(self, text: str) -> list[Connector]:
        """Connectors that fit: by the beginning of the name, of a word, then anywhere, then category."""
        wanted = text.strip().lower()
        if not wanted:
            return list(self)
        ranked = ((rank, c) for c in self if (rank := _rank(c, wanted)) is not None)
        return [c for _, c in sorted(ranked, key=lambda pair: (pair[0], pair[1].name.lower()))]


def _rank(connector: Connector, wanted: str) -> int | None:
    name = connector.name.lower()
    if name.startswith(wanted) or connector.key.startswith(wanted):
        return 0
    words = name.replace("(", " ").replace("-", " ").split() + connector.key.split("-")
    if any(word.startswith(wanted) for word in words):
        return 1
    if wanted in name or wanted in connector.key:
        return 2
    return 3 if wanted in connector.category.lower() else None


def load_catalog(
    own_folder: Path | None = None,
    *,
    trusted_code: frozenset[str] = frozenset(),
    runner: Runner | None = None,
    index: Index | None = None,
    outline: bool = False,
) -> Catalog:
    """The built-in definitions and the user's own. One that cannot be loaded never hides another.

    With an `index` only those are read that changed since it was made, that have a problem to be told, or
    that bring a program: whether that may run is asked each time. With `outline` such programs are only
    looked at: for lists, where nobody knows what was approved and nothing runs.
    """
    sources = Sources()
    shelves = _Shelves(sources, index, outline=outline)
    found: dict[str, Connector] = {}
    problems: list[Problem] = []
    for _, connector, wrong in shelves.read(CATALOG_FOLDER, "catalog", frozenset(), None):
        problems += [p for p in wrong if p.severity == "error"]
        if connector is not None:
            found[connector.key] = connector
    own: dict[str, Path] = {}
    shelf = (
        shelves.read(own_folder, "own", trusted_code, runner) if own_folder and own_folder.is_dir() else ()
    )
    for path, connector, wrong in shelf:
        problems += wrong
        if connector is None:
            continue
        if connector.key in own:
            other = own[connector.key].name
            problems.append(Problem(str(path), "key", f"“{connector.key}” is defined in {other} already."))
            continue
        own[connector.key] = path
        found[connector.key] = connector
    return Catalog(found.values(), problems)


class _Shelves:
    """Folders of definitions, through the index where there is one."""

    def __init__(self, sources: Sources, index: Index | None, *, outline: bool) -> None:
        self._sources = sources
        self._index = index
        self._outline = outline

    def read(
        self, folder: Path, origin: Origin, trusted_code: frozenset[str], runner: Runner | None
    ) -> Iterator[tuple[Path, Connector | None, tuple[Problem, ...]]]:
        """Each definition, with what is wrong with it."""
        sources, key = self._sources, b""
        remembered: dict[str, Connector] = {}
        if self._index is not None:
            # What is in the catalog can be the base of the person's own.
            key = sources.digest(CATALOG_FOLDER) + (b"" if origin == "catalog" else sources.digest(folder))
            remembered = self._index.read(origin, key)
        clean: dict[str, Connector] = {}
        for path in sources.files(folder):
            if (known := remembered.get(path.name)) is not None:
                yield path, msgspec.structs.replace(known, source=path), ()
                continue
            from connectors.reading.loading import load_file

            connector, wrong = load_file(
                path,
                origin=origin,
                trusted_code=None if origin == "catalog" else trusted_code,
                runner=runner,
                outline=self._outline,
                name=path.name if origin == "catalog" else str(path),
                sources=sources,
            )
            if connector is not None and not wrong and self._is_data(path):
                clean[path.name] = connector
            yield path, connector, wrong
        if self._index is not None and clean and not remembered:
            self._index.write(origin, key, clean)

    def _is_data(self, path: Path) -> bool:
        """Whether neither the definition nor what it may stand on brings a program."""
        table, programs = self._sources.table(path), self._sources.programs(path.parent)
        alone = path.with_suffix(".py").name not in programs and "functions" not in table
        return alone and ("base" not in table or not programs)
