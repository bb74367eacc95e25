"""The services as a list model: what the search finds, in the order of the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from connectors.definition import Connector
from connectors.reading.registry import Catalog

Index = QModelIndex | QPersistentModelIndex


def services(catalog: Catalog, text: str) -> list[Connector]:
    """What the text finds. Unsorted by a search, the services that are known by name come first."""
    found = catalog.search(text)
    return found if text.strip() else sorted(found, key=lambda connector: connector.category == "Generic")


class ServiceRole(IntEnum):
    """What the delegate asks for beside the name."""

    CONNECTOR = Qt.ItemDataRole.UserRole + 1


class ServiceModel(QAbstractListModel):
    """`search` is the catalog's own, handed in, so that a test can pass a function."""

    def __init__(self, search: Callable[[str], Sequence[Connector]]) -> None:
        super().__init__()
        self._search = search
        self._text = ""
        self._found: list[Connector] = list(search(""))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._found):
            return None
        connector = self._found[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return connector.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{connector.name}, {connector.category}"
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return connector.description
            case ServiceRole.CONNECTOR:
                return connector
        return None

    def find(self, text: str) -> None:
        """Shows what the text finds; an empty text shows all."""
        self.beginResetModel()
        self._text = text
        self._found = list(self._search(text.strip()))
        self.endResetModel()

    def reload(self) -> None:
        """Asks again with the same text: the definitions changed."""
        self.find(self._text)

    def connector(self, index: Index) -> Connector | None:
        """The service of a row."""
        found = index.data(ServiceRole.CONNECTOR) if index.isValid() else None
        return found if isinstance(found, Connector) else None

    def row_of(self, key: str) -> int:
        """Where a service stands, or -1."""
        return next((row for row, connector in enumerate(self._found) if connector.key == key), -1)
