"""Documents that are broken, hostile or unusual: one sentence with the place, or a definition."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

from connectors.dialects.openapi import import_document
from connectors.errors import DefinitionError
from connectors.operations import operations_of
from tests.connectors.dialects.openapi_support import api, read, sent
from tests.connectors.support import definition

YAML = b"""\
openapi: 3.1.0
info: {title: Acme}
servers: [{url: https://api.acme.example/v1}]
security: [{key: []}]
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
paths:
  /things:
    get: {summary: List things, operationId: listThings}
"""


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"<!DOCTYPE html>\n<html><body>Swagger UI</body></html>", "web page"),
        (b"<swagger/>", "web page or XML"),
        (b"[1, 2]", "not a table"),
        (b"just words", "not a table"),
        (b"a: 1", "neither “openapi” nor “swagger”"),
        (b'{"swaggerVersion": "1.2"}', "Swagger 1"),
        (b'{"openapi": "4.0"}', "Version 4.0 is not known"),
        (b'{"openapi": "3.0.0",\n"info": {"title": ', "line 2"),
        (b'{"openapi": "3.0.0",\n"info": {]}', "Line 2"),
        (b"openapi: 3.0.0\ninfo:\n\ttitle: x", "Line 3"),
        (b"openapi: 3.0.0\ninfo: {title: x", "Line 2"),
        (b"openapi: 3.0.0\ninfo: \x01", "Line 2"),
        (b"openapi: 3.0.0\ninfo: \xff\xfe\xfd", "Line 2 holds bytes that are not UTF-8"),
        (b"openapi: 3.0.0\ninfo: &me {title: *me}", "names nothing, or itself"),
        (b"openapi: 3.0.0\ninfo: *ghost", "names nothing, or itself"),
        (b"openapi: 3.0.0\ninfo: " + b"[" * 200_000, "deeper than"),
        (b"openapi: 3.0.0\npaths: {x: " + b"{a: " * 100_000, "deeper than"),
        (b"openapi: 3.0.0\npaths:\n  " + b"- " * 100_000, "deeper than"),
        (b'{"openapi": "3.0.0", "paths": ' + b"[" * 100_000, "nested"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_the_place(raw: bytes, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        import_document(raw, "acme.yaml")
    assert said.lower() in refused.value.sentence.lower()
    assert len(refused.value.sentence) < 400 and "\n" not in refused.value.sentence


@pytest.mark.parametrize(
    "spoilt",
    [
        {"info": None},
        {"info": "text"},
        {"servers": "https://x"},
        {"paths": []},
        {"paths": {"/a": None, "x-b": 3, "/c": {"get": "text", "put": {"security": "no"}}}},
        {"security": {"key": []}},
        {"security": ["key", None, {"key": "no"}, {"key": []}]},
        {"externalDocs": 4},
    ],
)
def test_wrong_shapes_are_told_and_the_rest_is_taken(spoilt: dict[str, Any]) -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    imported, connector = read(api(schemes, [{"key": []}]) | spoilt)
    assert list(connector.methods) == ["key"]
    assert imported.warnings or "externalDocs" in spoilt


def test_keys_that_stand_twice_are_told_with_their_line() -> None:
    for raw in (YAML, json.dumps(api({"key": {"type": "http", "scheme": "basic"}}), indent=1).encode()):
        twice = raw.replace(b"  /things:", b"  /things: {}\n  /things:").replace(
            b'"title": "Acme"', b'"title": "Other",\n"title": "Acme"'
        )
        imported, _ = read(twice)
        assert imported.name == "Acme"
        (told,) = [w for w in imported.warnings if "twice" in w]
        assert told.startswith("line ") and ("paths./things" in told or "info.title" in told)


def test_keys_that_stand_twice_are_found_in_large_json_too() -> None:
    scheme = {"key": {"type": "http", "scheme": "basic"}}
    document = api(scheme, [{"key": []}], **{"x-filling": ["ä" * 1000] * 6000})
    raw = json.dumps(document, ensure_ascii=False, indent=1).encode()
    assert len(raw) > 10_000_000
    assert not read(raw)[0].warnings
    imported, _ = read(raw.replace(b'"/things": {', b'"/things": {}, "/things": {', 1))
    (told,) = imported.warnings
    assert told.startswith("line ") and "paths./things stands there twice" in told


@pytest.mark.parametrize(
    "spoilt",
    [
        {"paths": {"/things": {"get": {}, "put": "no"}, "/others": 4}},
        {"components": "no"},
        {"components": ["no"]},
        {"paths": "no"},
    ],
)
def test_a_wrong_shape_does_not_make_a_large_document_larger(spoilt: dict[str, Any]) -> None:
    document = api({"key": {"type": "http", "scheme": "basic"}}) | spoilt
    document["x-filling"] = [{"a": [1, 2, 3]}] * 200_000
    raw = json.dumps(document).encode()
    tracemalloc.start()
    try:
        import_document(raw, "acme.json")
        assert tracemalloc.get_traced_memory()[1] < 4 * len(raw)
    except DefinitionError:
        assert spoilt == {"paths": "no"}, "nothing else leaves nothing"
    finally:
        tracemalloc.stop()


def test_yaml_reads_as_json_does_with_anchors_merges_tags_and_several_documents() -> None:
    odd = YAML.replace(
        b"    key: {type: apiKey, in: header, name: X-Key}",
        b"    base: &base {type: apiKey, in: header}\n    key: {<<: *base, name: !header X-Key}",
    )
    for raw in (
        YAML,
        odd + b"---\nsecond: document\n",
        YAML.decode().encode("utf-16"),
        b"\xef\xbb\xbf" + YAML,
    ):
        imported, connector = read(raw, "acme.yaml")
        assert sent(connector, {"key": "k"}, "key").headers["X-Key"] == "k"
        assert [(o.method, o.path, o.summary) for o in imported.operations] == [
            ("GET", "/things", "List things")
        ]


def test_a_comma_too_many_in_json_is_forgiven() -> None:
    raw = json.dumps(api({"key": {"type": "http", "scheme": "basic"}})).encode()
    _, connector = read(raw[:-1] + b",}")
    assert connector.name == "Acme"


def test_an_anchor_in_a_part_that_was_passed_over_is_still_found() -> None:
    raw = YAML.replace(b"paths:", b"x-shared: &title Shared\npaths:").replace(b"title: Acme", b"title: Acme")
    raw += b"externalDocs: {description: *title, url: 'https://acme.example'}\n"
    _, connector = read(raw)
    assert connector.homepage == "https://acme.example"


def test_a_bomb_of_aliases_stays_small() -> None:
    lines = ['b0: &b0 ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]']
    lines += [f"b{n}: &b{n} [{','.join([f'*b{n - 1}'] * 9)}]" for n in range(1, 12)]
    bomb = "\n".join(lines).encode() + b"\ninfo: *b11\nopenapi: 3.0.0\n" + YAML.split(b"\n", 2)[2]
    tracemalloc.start()
    try:
        imported, _ = read(bomb, "acme.yaml")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert imported.key == "acme"
    with pytest.raises(DefinitionError):
        import_document(
            b"openapi: 3.0.0\nsecurity: *b11\n" + b"\n".join(line.encode() for line in lines), "x"
        )


def test_what_is_not_needed_is_never_built() -> None:
    """Memory does not grow with the size of the schemas."""
    big = api({"key": {"type": "http", "scheme": "basic"}})
    big["components"]["schemas"] = {f"s{n}": {"properties": {"p": {"type": "string"}}} for n in range(20_000)}
    for raw in (
        json.dumps(big).encode(),
        YAML + b"x-big:\n" + b"".join(b"  - {a: [1, 2, 3]}\n" for _ in range(20_000)),
    ):
        tracemalloc.start()
        try:
            import_document(raw + b" " * (4_200_000 - len(raw)), "acme.json")
            assert tracemalloc.get_traced_memory()[1] < 5 * 4_200_000
        finally:
            tracemalloc.stop()


def test_words_of_the_document_are_never_templates() -> None:
    schemes = {
        "{{now}}": {"type": "apiKey", "in": "query", "name": "{{client_secret}}"},
        "key": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Key",
            "description": "{{now}} <script>x</script>",
        },
    }
    document = api(schemes, servers=[{"url": "https://{{access_token}}.evil.example"}])
    document["info"]["title"] = 'A "quoted" {{title}}\n[methods.x]'
    imported, connector = read(document)
    assert list(connector.methods) == ["key"]
    assert connector.base_url == "https://{{access_token_value}}.evil.example"
    assert "script" not in connector.default_method.fields[-1].tooltip
    assert imported.key == "a-quoted-title-methods-x"


def test_operations_are_kept_beside_the_definition(tmp_path: Any) -> None:
    imported, _ = read(YAML)
    path = imported.write(tmp_path)
    connector = definition(tmp_path, path.read_text(encoding="utf-8"), name=imported.key)
    assert operations_of(connector) == imported.operations
    path.with_suffix(".operations.json").write_text("spoilt")
    assert operations_of(connector) == ()
