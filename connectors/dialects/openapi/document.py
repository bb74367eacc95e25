"""A parsed document with its versions evened out: Swagger 2.0 reads as OpenAPI 3 from here on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from connectors.dialects.openapi.names import plain
from connectors.dialects.openapi.parsing import Parsed
from connectors.dialects.openapi.parts import HTTP_METHODS
from connectors.errors import DefinitionError
from connectors.operations import Operation
from connectors.reading.table import kind_of
from connectors.templates.text import clean

_WHOLE_HOST = re.compile(r"(?:([a-zA-Z]+):)?//(.+)")
_KINDS = {k.lower(): k for k in ("apiKey", "http", "oauth2", "openIdConnect", "mutualTLS", "basic")}
_FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


class Document(msgspec.Struct, kw_only=True):
    """What a connector needs of a document. `warnings` gathers what was odd, each with its place."""

    title: str
    description: str = ""
    homepage: str = ""
    service: str = ""  # AWS's name of the service
    servers: list[Mapping[str, Any]] = []
    schemes: dict[str, Mapping[str, Any]] = {}
    requirements: list[tuple[str, Any, int]] = []  # place, the list as it stands, number of operations
    operations: list[Operation] = []
    warnings: list[str] = []
    dropped: dict[str, str] = {}
    origin: str = ""  # the address that the document came from

    def warn(self, place: str, reason: str) -> None:
        """Notes something odd."""
        self.warnings.append(f"{place}: {reason}")


def read_document(parsed: Parsed, origin: str = "") -> Document:
    """The document; raises DefinitionError when it is none of the known kinds."""
    data = parsed.data
    swagger = _version(data) == 2
    info = data.get("info")
    document = Document(title="", warnings=list(parsed.warnings), dropped={}, origin=origin)
    if not isinstance(info, Mapping):
        document.warn("info", "is missing or no table; the connector is named after the file.")
        info = {}
    document.title = clean(info.get("title") or "", 80)
    document.description = plain(_first_words(info.get("description")), 200)
    document.service = clean(info.get("x-serviceName") or "", 80)
    document.homepage = _homepage(data.get("externalDocs"), info.get("contact"))
    document.servers = _swagger_servers(data, document) if swagger else _servers(data, document)
    at = "securityDefinitions" if swagger else "components.securitySchemes"
    document.schemes = dict(_schemes(_at(data, at), at, document))
    _operations(data, document)
    return document


def _version(data: Mapping[str, Any]) -> int:
    swagger, openapi = data.get("swagger"), data.get("openapi")
    if swagger is None and openapi is None:
        if "swaggerVersion" in data:
            raise DefinitionError("This is Swagger 1; OpenAPI 3.0 and 3.1 and Swagger 2.0 can be read.")
        raise DefinitionError(
            "This is no OpenAPI document: at the top there is neither “openapi” nor “swagger”.",
            "Give the file that describes the service's whole interface.",
        )
    word = str(swagger if openapi is None else openapi).strip()
    if openapi is None and word.startswith("2"):
        return 2
    if openapi is not None and word.startswith("3"):
        return 3
    raise DefinitionError(
        f"Version {clean(word, 20)} is not known; OpenAPI 3.0, 3.1 and Swagger 2.0 can be read."
    )


def _at(data: Mapping[str, Any], path: str) -> Any:
    found: Any = data
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _first_words(text: Any) -> str:
    return str(text).strip().split("\n\n")[0].lstrip("# ") if isinstance(text, str) else ""


def _homepage(*places: Any) -> str:
    urls = (place.get("url") for place in places if isinstance(place, Mapping))
    return next((url for url in urls if isinstance(url, str) and url.startswith("https://")), "")


def _servers(data: Mapping[str, Any], document: Document) -> list[Mapping[str, Any]]:
    servers = data.get("servers")
    if servers is None:
        return []
    if not isinstance(servers, list):
        document.warn("servers", f"must be a list, not {kind_of(servers)}; it was passed over.")
        return []
    found: list[Mapping[str, Any]] = []
    for index, server in enumerate(servers):
        if isinstance(server, Mapping) and isinstance(server.get("url"), str | None):
            found.append(server)
        else:
            document.warn(f"servers[{index}]", "is no table with a text “url”; it was passed over.")
    return found


def _swagger_servers(data: Mapping[str, Any], document: Document) -> list[Mapping[str, Any]]:
    host, base, schemes = data.get("host"), data.get("basePath"), data.get("schemes")
    if isinstance(host, str) and (written := _WHOLE_HOST.match(host.strip())):
        host = written.group(2).rstrip("/")  # a whole address, which many write there
        schemes = [written.group(1)] if written.group(1) else schemes
    for name, value in (("host", host), ("basePath", base)):
        if value is not None and not isinstance(value, str):
            document.warn(name, f"must be text, not {kind_of(value)}; it was passed over.")
    path = base.strip() if isinstance(base, str) else ""
    path = path if path.startswith("/") or not path else f"/{path}"
    if not isinstance(host, str) or not host.strip():
        return [{"url": path}] if path.strip("/") else []
    words = [s.lower() for s in schemes if isinstance(s, str)] if isinstance(schemes, list) else []
    scheme = "https" if "https" in words or not words else words[0]
    return [{"url": f"{scheme}://{host.strip()}{path}"}]


def _schemes(schemes: Any, at: str, document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if schemes is None:
        return
    if not isinstance(schemes, Mapping):
        document.warn(at, f"must be a table, not {kind_of(schemes)}; it was passed over.")
        return
    for name, scheme in schemes.items():
        place, seen = f"{at}.{name}", set()
        while isinstance(scheme, Mapping) and isinstance(ref := scheme.get("$ref"), str):
            target = unquote(ref).removeprefix(f"#/{at.replace('.', '/')}/")
            target = target.replace("~1", "/").replace("~0", "~")
            if target in seen or target not in schemes:
                reason = "leads back to itself" if target in seen else "leads to no security scheme here"
                document.dropped[place] = f"its $ref “{clean(ref, 80)}” {reason}."
                scheme = None
                break
            seen.add(target)
            scheme = schemes[target]
        if scheme is None:
            document.dropped.setdefault(place, "is empty.")
        elif not isinstance(scheme, Mapping):
            document.dropped[place] = f"must be a table, not {kind_of(scheme)}."
        else:
            yield str(name), _evened(scheme)


def _evened(scheme: Mapping[str, Any]) -> Mapping[str, Any]:
    """A scheme in the words of OpenAPI 3, also where it is spelled otherwise or as Swagger 2.0 has it."""
    kind, place = scheme.get("type"), scheme.get("in")
    if isinstance(kind, str) and (known := _KINDS.get(kind.strip().lower())):
        scheme = {**scheme, "type": known}
    if isinstance(place, str):
        scheme = {**scheme, "in": place.strip().lower()}
    if scheme.get("type") == "basic":
        return {**scheme, "type": "http", "scheme": "basic"}
    if scheme.get("type") == "oauth2" and isinstance(flows := scheme.get("flows"), Mapping):
        return {**scheme, "flows": {_FLOWS.get(str(flow), flow): data for flow, data in flows.items()}}
    if scheme.get("type") == "oauth2" and "flow" in scheme:
        flow = str(scheme.get("flow") or "")
        inner = {
            k: v for k, v in scheme.items() if k in {"authorizationUrl", "tokenUrl", "refreshUrl", "scopes"}
        }
        return {**scheme, "flows": {_FLOWS.get(flow, flow or "(none)"): inner}}
    return scheme


def _operations(data: Mapping[str, Any], document: Document) -> None:
    """The list of operations, and how many of them ask for which security."""
    paths = data.get("paths")
    standing = data.get("security")
    inherited = 0
    own: dict[str, tuple[str, Any, int]] = {}
    if not isinstance(paths, Mapping):
        if paths is not None:
            document.warn("paths", f"must be a table, not {kind_of(paths)}; no operation was read.")
        paths = {}
    for path, item in paths.items():
        if not str(path).startswith("/") or not isinstance(item, Mapping):
            continue
        for method in HTTP_METHODS:
            operation = item.get(method)
            if not isinstance(operation, Mapping):
                continue
            summary = operation.get("summary") or operation.get("operationId") or ""
            document.operations.append(Operation(method.upper(), str(path), clean(summary, 120)))
            if operation.get("security") is None:
                inherited += 1
                continue
            place, asked, times = own.get(key := repr(operation["security"]), ("", operation["security"], 0))
            own[key] = (place or f"paths.{path}.{method}.security", asked, times + 1)
    if standing is not None:
        document.requirements.append(("security", standing, inherited))
    document.requirements += own.values()
