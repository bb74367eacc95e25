"""Templates: every filter, one pass, and a sentence for what cannot be read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from connectors.errors import DefinitionError
from connectors.templates.filters import FILTERS, GENERATORS
from connectors.templates.paths import look_up
from connectors.templates.template import parse, render

VALUES: dict[str, Any] = {
    "key": "a b/c",
    "padded": "  x  ",
    "site": "https://acme.example/base//",
    "empty": "",
    "none": None,
    "on": True,
    "count": 3,
    "list": ["a", "b"],
    "csv": "a,b,,c",
    "secret": "sk-1234567890abcd",
    "tricky": "{{secret}} {{ secret | base64 }}",
    "region": "eu",
    "deep": {"items": [{"id": 7}, {"id": 8}], "dotted.key": "d", "has": {"x": "y"}},
}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain { text }", "plain { text }"),
        ("{{key}}-{{ key }}", "a b/c-a b/c"),
        ("{{key | urlencode}}", "a%20b%2Fc"),
        ("{{key | base64}}", "YSBiL2M="),
        ("{{'AbC' | lower}}", "abc"),
        ("[{{padded | trim}}]", "[x]"),
        ("{{site | strip_slash}}", "https://acme.example/base"),
        ("{{site | strip_scheme | strip_slash}}", "acme.example/base"),
        ("{{site | host}}", "acme.example"),
        ("a{{key | prefix(' at ')}}{{empty | prefix(' at ')}}", "a at a b/c"),
        ("{{empty | default('d')}}{{none | default(key)}}{{key | default('d')}}", "da b/ca b/c"),
        ("{{secret | mask(3, 4)}}", "sk-••••abcd"),
        ("{{secret | mask}}", "••••abcd"),
        ("{{'short' | mask}}", "••••"),
        ("{{list | join(',')}}", "a,b"),
        ("{{list}}", "a b"),
        ("{{csv | split(',') | join('+')}}", "a+b+c"),
        ("{{csv | split(',', 1)}}{{csv | split(',', -1)}}{{csv | split(',', 9)}}", "bc"),
        ("{{'abc' | sha256}}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("{{'abc' | sha256('base64url')}}", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"),
        ("{{'what do ya want for nothing?' | hmac('Jefe')}}",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("{{region | map('eu', 'api.eu', 'us', 'api.us')}}", "api.eu"),
        ("{{key | map('eu', 'api.eu', 'api.other')}}", "api.other"),
        ("{{empty || none || key}}", "a b/c"),
        ("{{concat(key, ':', count, empty, '}', '}', '{{') | base64}}", "YSBiL2M6M319e3s="),
        ("{{empty || 'x' | base64}}", "eA=="),
        ("{{(empty || key) | urlencode}}", "a%20b%2Fc"),
        ("{{missing}}{{deep.nothing.here}}", ""),
        ("{{deep.items[1].id}}{{deep.items.0.id}}{{deep.items.9.id}}", "87"),
        ("{{on}} {{count}}", "true 3"),
        ("{{deep}}", ""),
        ("{{'it\\'s'}}", "it's"),
        ("{{ \"}\" }}", "}"),
    ],
)  # fmt: skip
def test_what_comes_out(template: str, expected: str) -> None:
    assert render(template, VALUES) == expected


def test_a_value_is_never_expanded_again() -> None:
    assert render("{{tricky}}", VALUES) == VALUES["tricky"]
    assert render("{{empty || tricky}}", VALUES) == VALUES["tricky"]
    assert render("{{none | default(tricky)}}", VALUES) == VALUES["tricky"]


def test_what_makes_something_new_is_new_each_time() -> None:
    assert len({render("{{random}}", {}) for _ in range(50)}) == 50
    assert re.fullmatch(r"[0-9a-f]{7}", render("{{random(7)}}", {}))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", render("{{uuid}}", {}))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", render("{{now}}", {}))
    assert re.fullmatch(r"20\d\d", render("{{now('%Y')}}", {}))
    assert len(render("{{now('ms')}}", {})) == len(render("{{now('epoch')}}", {})) + 3


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{key", "never closed"),
        ("{{}}", "ends where a value should stand"),
        ("{{key |}}", "ends where a filter should stand"),
        ("{{key | lowr}}", "“lowr” is not a filter. Did you mean “lower”?"),
        ("{{key | lower(1)}}", "1 arguments"),
        ("{{key | default}}", "0 arguments"),
        ("{{key key}}", "where it should end"),
        ("{{key.}}", "cannot be read"),
        ("{{a; b}}", "cannot be read"),
        ("{{__import__('os')}}", "where it should end"),
        ("{{(key}}", "lacks “)”"),
        ("{{| lower}}", "where a value should stand"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(template: str, reason: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        parse(template)
    assert reason in raised.value.sentence


@pytest.mark.parametrize("template", ["{{key | mask('a')}}", "{{now(1, 2)}}", "{{key | sha256('md5')}}"])
def test_a_filter_used_wrongly_gets_a_sentence(template: str) -> None:
    with pytest.raises(DefinitionError):
        render(template, VALUES)


def test_names_are_the_first_steps() -> None:
    assert parse("{{a.b | default(c)}} {{d || e[0].f}} {{uuid}} {{'x'}}").names == {"a", "c", "d", "e"}


def test_blank_means_that_only_the_definitions_own_words_are_left() -> None:
    template = parse("{{a}} ({{b}})")
    assert template.is_blank({"c": "x"})
    assert not template.is_blank({"b": "x"})


def test_a_statement_is_signed_with_the_secret() -> None:
    secret = "a secret of more than thirty-two characters"
    token = jwt.decode(
        render("{{jwt(key, secret, 90)}}", {"key": "me", "secret": secret}), OctKey.import_key(secret)
    )
    assert token.header == {"alg": "HS256", "typ": "JWT"}
    assert token.claims["iss"] == "me"
    assert token.claims["exp"] - token.claims["iat"] == 90


def test_paths() -> None:
    assert look_up(VALUES, "deep.items.1.id") == look_up(VALUES, "deep.items[1].id") == 8
    assert look_up(VALUES["deep"], "dotted.key") == "d"
    for path in ("", "deep.items.x", "deep.items.-1", "key.length", "deep.has.x.y", "list.2"):
        assert look_up(VALUES, path) is None


def test_every_filter_is_tried_here() -> None:
    tried = set(re.findall(r"\w+", __import__("pathlib").Path(__file__).read_text(encoding="utf-8")))
    assert FILTERS.keys() | GENERATORS.keys() <= tried
