"""Keys that a document asks for as plain parameters, without declaring a security scheme."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.dialects.openapi.document import Document
from connectors.dialects.openapi.names import snake
from connectors.dialects.openapi.parsing import parse
from connectors.dialects.openapi.parts import HTTP_METHODS, PARAMETERS
from connectors.fields import looks_secret

_SAYS_KEY = re.compile(r"\bx?i?-?api[ _-]?key", re.IGNORECASE)


def look_for_keys(raw: bytes, document: Document) -> None:
    """Adds a scheme for every header, query or cookie parameter that is a key by its name."""
    found: Counter[tuple[str, str]] = Counter()
    abouts: dict[tuple[str, str], Any] = {}
    for parameter in _parameters(parse(raw, PARAMETERS).data):
        place, name = str(parameter.get("in")), parameter.get("name")
        about = parameter.get("description")
        if place in {"header", "query", "cookie"} and isinstance(name, str) and _is_key(name, str(about)):
            found[place, name] += 1
            abouts.setdefault((place, name), about)
    # A key that only some operations take is something else, such as the id of a secret.
    likely = [one for one, times in found.items() if times * 2 >= len(document.operations)]
    named = [one for one in likely if _SAYS_KEY.search(f"{one[1]} {abouts[one]}")]
    for place, name in (named or likely)[:3]:
        times = found[place, name]
        document.schemes[snake(name)] = {
            "type": "apiKey",
            "in": place,
            "name": name,
            "description": abouts[place, name],
        }
        document.requirements.append((f"parameter {name}", [{snake(name): []}], times))
        document.warn(
            f"parameter {name}",
            f"no security scheme is declared; this {place} parameter of {times} operations was taken for it.",
        )


def _is_key(name: str, about: str) -> bool:
    words = snake(name).split("_")
    page = {"page", "next", "continuation", "sync", "cursor", "client", "idempotency", "partition", "sort"}
    if name.lower() in {"key", "token", "authorization"}:
        return name.lower() == "authorization" or bool(_SAYS_KEY.search(about))
    return looks_secret(snake(name)) and not page & set(words)


def _parameters(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    paths = data.get("paths")
    components = data.get("components")
    shared = components.get("parameters") if isinstance(components, Mapping) else data.get("parameters")
    for item in paths.values() if isinstance(paths, Mapping) else ():
        if not isinstance(item, Mapping):
            continue
        for holder in (item, *(item.get(method) for method in HTTP_METHODS)):
            parameters = holder.get("parameters") if isinstance(holder, Mapping) else None
            for parameter in parameters if isinstance(parameters, list) else ():
                if isinstance(parameter, Mapping) and isinstance(ref := parameter.get("$ref"), str):
                    name = ref.rsplit("/", 1)[-1]
                    parameter = shared.get(name) if isinstance(shared, Mapping) else None
                if isinstance(parameter, Mapping):
                    yield parameter
