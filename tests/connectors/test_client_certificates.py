"""`[tls]` in a definition: which fields it brings, what goes with it, and where discovery then leads."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest

from connectors.credential import Credential
from connectors.definition import Tls
from connectors.inputs import settings_for
from connectors.methods import refresh
from connectors.reading.loading import check_paths
from connectors.wire.certificates import (
    UnusableError,
    certificate_problem,
    client_certificate,
    holder_of,
    private_key_problem,
)
from connectors.wire.presenting import presented_by
from tests.connectors.support import connect_it, definition, inputs_of, run
from tests.engine.certificates import Authority
from tests.engine.client_certificates import client_pair
from tests.standin import Reply, StandIn

KEY = 'name = "Acme"\ntype = "apiKey"\nvalidate = "https://acme.example/me"\n'
APP = """
name = "Acme"
type = "oauth2"
grant = "client_credentials"
client_auth = "tls_client_auth"
request_access_token = "https://acme.example/token"
[tls]
"""
USUAL = ["certificate", "private_key", "private_key_password"]


def said(tmp_path: Path, text: str) -> list[str]:
    """Every problem and every advice."""
    file = tmp_path / "acme.toml"
    file.write_text(text)
    return [f"{problem.key}: {problem.reason}" for problem in check_paths([file])]


def test_an_empty_table_brings_the_usual_fields(tmp_path: Path) -> None:
    method = definition(tmp_path, KEY + "[tls]\n").default_method
    assert method.tls == Tls() and [field.key for field in method.fields] == USUAL
    assert all(field.secret for field in method.fields)
    assert [field.required for field in method.fields] == [True, False, False]
    assert said(tmp_path, KEY + "[tls]\n") == []


def test_what_the_definition_declares_itself_is_left_as_it_is(tmp_path: Path) -> None:
    own = (
        KEY
        + '[tls]\ncertificate = "{{pem}}"\n'
        + '[auth.pem]\nname = "PEM"\ntype = "textarea"\nformat = "certificate"\n'
    )
    method = definition(tmp_path, own).default_method
    assert [field.key for field in method.fields] == ["pem", "private_key", "private_key_password"]
    assert method.fields[0].secret, "the key may stand in the same file"
    assert said(tmp_path, own) == []
    settings = KEY + '[tls]\n[settings.certificate]\ntype = "textarea"\n'
    assert [f.key for f in definition(tmp_path, settings).default_method.fields] == USUAL[1:]


def test_the_certificate_of_an_app_is_a_setting(tmp_path: Path) -> None:
    connector = definition(tmp_path, APP)
    assert connector.default_method.fields == ()
    assert [field.key for field in settings_for(connector, connector.default_method)] == ["client_id", *USUAL]
    assert said(tmp_path, APP) == []


def test_a_method_beside_it_is_not_asked_for_the_certificate(tmp_path: Path) -> None:
    text = 'name = "Acme"\n' + "".join(
        f'[methods.{key}]\ntype = "oauth2"\ngrant = "client_credentials"\n'
        f'request_access_token = "https://acme.example/token"\n{more}'
        for key, more in (("plain", ""), ("bound", "[methods.bound.tls]\n"))
    )
    connector = definition(tmp_path, text)
    plain, bound = (connector.methods[key] for key in ("plain", "bound"))
    assert [field.key for field in settings_for(connector, plain)] == ["client_id", "client_secret"]
    assert [field.key for field in settings_for(connector, bound)] == ["client_id", "client_secret", *USUAL]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (APP.replace("[tls]", ""), "client_auth: tls_client_auth needs a [tls] table"),
        (KEY + '[tls]\ncertificate = "-----BEGIN CERTIFICATE-----"\n', "tls.certificate: must be a template"),
        (KEY + '[tls]\ncertificate = "{{nothing}}"\n', "tls.certificate: “{{nothing}}” names nothing"),
        (KEY + '[tls]\nkey = "x"\n', "tls.key: "),
        (KEY + "tls = true\n", "tls: "),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, text: str, problem: str) -> None:
    found = said(tmp_path, text)
    assert any(line.startswith(problem) for line in found), found


def test_nothing_is_presented_without_a_certificate(tmp_path: Path) -> None:
    connector = definition(tmp_path, KEY + "[tls]\n")
    assert presented_by(inputs_of(connector, {"private_key": "k"})) is None
    one, other = (presented_by(inputs_of(connector, {"certificate": text})) for text in ("a", "b"))
    assert one is not None and other is not None and one.digest != other.digest
    bare = definition(tmp_path, KEY + '[auth.certificate]\ntype = "textarea"\n')
    assert presented_by(inputs_of(bare, {"certificate": "a"})) is None


def test_discovery_leads_to_the_addresses_for_certificates(tmp_path: Path, standin: StandIn) -> None:
    said = {"issuer": standin.url, "token_endpoint": f"{standin.url}/plain/token"}
    aliases = {"token_endpoint": f"{standin.url}/mtls/token"}
    standin.answer("GET /.well-known/openid-configuration", said | {"mtls_endpoint_aliases": aliases})
    token = Reply({"access_token": "a", "token_type": "Bearer"})
    for path in ("plain", "mtls"):
        standin.answer(f"POST /{path}/token", token)
    text = (
        f'name = "Acme"\ntype = "oauth2"\ngrant = "client_credentials"\nissuer = "{standin.url}"\n'
        'apply = { nothing = true }\n[settings.certificate]\ntype = "textarea"\nrequired = false\n'
    )
    for more, path in (("", "plain"), ("[tls]\n", "mtls")):
        inputs = inputs_of(
            definition(tmp_path, text + more), settings={"client_id": "app", "client_secret": "s"}
        )
        credential = connect_it(inputs).credential
        run(lambda ports, i=inputs, c=credential: refresh(i, c, ports))
        assert isinstance(credential, Credential)
        assert len(standin.asked(f"/{path}/token")) == 2


def damaged(pem: str, chance: random.Random) -> str:
    """The same with a few bytes changed, added or taken away inside."""
    begin, *lines, end = pem.splitlines()
    content = bytearray(base64.b64decode("".join(lines)))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content))
        content[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return f"{begin}\n{base64.encodebytes(bytes(content)).decode()}{end}\n"


def test_damaged_ones_are_refused_in_words_whatever_is_wrong_with_them(tmp_path: Path) -> None:
    chance, pair = random.Random(7468), client_pair(Authority(tmp_path))
    fields = {"C": certificate_problem, "K": private_key_problem}
    odd = "-----BEGIN CERTIFICATE-----\udcff-----BEGIN PRIVATE KEY-----"
    texts = [("", ""), (odd, odd), *((pair.certificate, damaged(pair.key, chance)) for _ in range(200))]
    texts += [(damaged(pair.certificate, chance), pair.key) for _ in range(800)]
    refused = 0
    for certificate, key in texts:
        for (name, problem), text in zip(fields.items(), (certificate, key), strict=True):
            sentence = problem(text, name)
            assert sentence == "" or (sentence.startswith(name) and "\n" not in sentence)
        holder_of(certificate)
        try:
            client_certificate(certificate, key)
        except UnusableError as error:
            refused += 1
            assert error.part in USUAL
    assert refused > 500  # a byte that is only signed over goes unseen: the service looks at that
