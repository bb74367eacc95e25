"""The adapter's `entities/.system`: `action.json` and the schemas of the token requests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.dialects.itential.configuration import read_json
from connectors.errors import DefinitionError

FOLDER = Path("entities/.system")


class Action:
    """One action with its schemas."""

    def __init__(
        self, data: Mapping[str, Any], request: Mapping[str, Any], response: Mapping[str, Any], choice: str
    ) -> None:
        self.name = str(data.get("name", ""))
        self.method = str(data.get("method") or "POST").upper()
        self.path = _path(data.get("entitypath"), choice, self.name)
        common = data.get("datatype") or "JSON"
        self.request_kind = str(data.get("requestDatatype") or common).upper()
        self.response_kind = str(data.get("responseDatatype") or common).upper()
        self.headers = {str(k): str(v) for k, v in _table(data.get("headers")).items()}
        self.sso = _table(data.get("sso"))
        self.response_key = _response_key(data.get("responseObjects"))
        self.request = _table(request.get("properties"))
        self.passes_unknown = request.get("dynamicfields") is True
        self.response = _table(response.get("properties"))

    @property
    def defaults(self) -> dict[str, Any]:
        """What the request schema sends of itself."""
        return {
            str(name): field["default"]
            for name, field in self.request.items()
            if isinstance(field, Mapping)
            and name != "ph_request_type"
            and field.get("default") not in (None, "")
        }

    def outbound(self, name: str) -> str:
        """What the system calls a field of the request; empty when it is not sent."""
        if name in self.request:
            field = _table(self.request[name])
            return str(field.get("external_name", name) or "")
        return name if self.passes_unknown else ""


class System:
    """The actions by name. `folder` is read as far as it is needed."""

    def __init__(self, actions: Mapping[str, Mapping[str, Any]], folder: Path, choice: str = "") -> None:
        self._actions = actions
        self._folder = folder
        self._choice = choice

    @classmethod
    def read(cls, path: Path, choice: str = "") -> System:
        """From `action.json` or its folder. Raises DefinitionError."""
        file = path / "action.json" if path.is_dir() else path
        data = read_json(file)
        rows = data.get("actions") if isinstance(data, Mapping) else None
        if not isinstance(rows, list):
            raise DefinitionError(f"{file.name} has no list “actions”.")
        named = {str(row["name"]): row for row in rows if isinstance(row, Mapping) and row.get("name")}
        return cls(named, file.parent, choice)

    def action(self, name: str, *, schemas: bool = True) -> Action | None:
        """An action, with its schemas if they are wanted; None when there is none of that name."""
        data = self._actions.get(name)
        if data is None:
            return None
        if not schemas:
            return Action(data, {}, {}, self._choice)
        request = self._schema(data, "requestSchema")
        return Action(data, request, self._schema(data, "responseSchema"), self._choice)

    def _schema(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        name = str(data.get(key) or data.get("schema") or "")
        if not name or "/" in name or "\\" in name or name.startswith("."):
            raise DefinitionError(f"The action {data.get('name')} names no {key} beside its action.json.")
        schema = read_json(self._folder / name)
        if not isinstance(schema, Mapping):
            raise DefinitionError(f"{name} is no schema.")
        return schema


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _path(value: Any, choice: str, name: str) -> str:
    if isinstance(value, Mapping):
        value = value.get(choice) or next(iter(value.values()), "")
    if not isinstance(value, str) or not value:
        raise DefinitionError(f"The action {name} has no entitypath.")
    return value


def _response_key(objects: Any) -> str:
    first = objects[0] if isinstance(objects, list) and objects else objects
    return str(_table(first).get("key") or "")
