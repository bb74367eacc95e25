"""What modules do besides the published examples: what is read, what is left out, what is not allowed."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from connectors.definition import Hook
from connectors.dialects.appmixer import import_module
from connectors.errors import InvalidTokenError, ServiceError, TemporaryError
from connectors.methods import connect, validate
from connectors.reading.loading import load_file
from tests.connectors.dialects.support import CLIENT, connect_it, loaded, module_of
from tests.connectors.support import EveryHost, PromptBrowser, Stages, inputs_of, run
from tests.standin import Reply, StandIn


def test_nothing_runs_before_it_is_needed(tmp_path: Path) -> None:
    connector = module_of(
        tmp_path,
        """module.exports = {type: 'apiKey', definition: {auth: {k: {}},
            validate: context => { throw new Error('no') }}}""",
    )
    hook = connector.default_method.validate
    assert isinstance(hook, Hook)
    (tmp_path / "example.js").write_text("this is not JavaScript", encoding="utf-8")
    assert load_file(tmp_path / "example.toml")[0] is not None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("for (;;);", "used more time than it may"),
        ("for (;;) await null;", "used more time than it may"),
        ("const a = []; for (;;) a.push(new Array(1e5).fill(0.5));", "used more memory than it may"),
        ("await new Promise(() => {});", "waits for something that never comes"),
        ("undefined.x();", "failed \\(TypeError\\)"),
        ("throw new Error('Not like this.');", "Not like this"),
        ("require('fs').readFileSync('/etc/passwd');", "needs the package “fs”"),
        ("await context.httpRequest.get('http://service.example/');", "not encrypted"),
        (
            "await context.httpRequest.get('https://user.example/\\n', {headers: {'a\\nb': 'c'}});",
            "cannot be sent|reach",
        ),
    ],
)
def test_what_a_function_may_not(
    body: str, sentence: str, tmp_path: Path, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.dialects.appmixer.isolate.SECONDS", 0.4)
    step = f"validate: async context => {{ {body} }}"
    text = f"module.exports = {{type: 'apiKey', definition: {{auth: {{k: {{}}}}, {step} }} }}"
    path = tmp_path / "m.js"
    path.write_text(text, encoding="utf-8")
    module = import_module(path)
    if "fs" in body:
        assert "fs" in module.dropped["validate"]
        return
    with pytest.raises(Exception, match=sentence):
        connect_it(loaded(tmp_path, module), standin, {"k": "1"})


def test_variables_of_a_module_belong_to_one_sign_in(tmp_path: Path, standin: StandIn) -> None:
    connector = module_of(
        tmp_path,
        """let last = 'nobody';
        module.exports = {type: 'apiKey', definition: {auth: {name_: {}},
            requestProfileInfo: context => { const before = last; last = context.name_; return {before}; },
            accountNameFromProfileInfo: context => `${context.profileInfo.before} ${last}`}}""",
    )
    for person in ("amelia", "bruno"):
        assert connect_it(connector, standin, {"name_": person}).name == f"nobody {person}"


def test_a_missing_driver_is_the_reason_and_the_rest_stays(tmp_path: Path, standin: StandIn) -> None:
    path = tmp_path / "postgres.js"
    path.write_text(
        """const { Client } = require('pg');
        function open(context) { return new Client({ host: context.host }); }
        module.exports = {type: 'pwd', definition: {
            auth: {host: {type: 'text', name: 'Host'}, username: {}, password: {type: 'password'}},
            accountNameFromProfileInfo: 'host',
            validate: async context => { const client = open(context); await client.connect(); }}}""",
        encoding="utf-8",
    )
    module = import_module(path)
    assert module.dropped == {"validate": "it needs the package “pg”, which cannot be had here."}
    connected = connect_it(
        loaded(tmp_path, module), standin, {"host": "db.example", "username": "u", "password": "pw-123456"}
    )
    assert connected.name == "db.example" and not standin.requests


def test_files_beside_a_module_come_along(tmp_path: Path, standin: StandIn) -> None:
    service = tmp_path / "acme" / "widgets"
    service.mkdir(parents=True)
    (service.parent / "lib.js").write_text("exports.base = require('./base.json').url;", encoding="utf-8")
    (service.parent / "base.json").write_text('{"url": "https://api.example.com"}', encoding="utf-8")
    (service / "service.json").write_text(
        '{"name": "acme.widgets", "label": "Acme Widgets"}', encoding="utf-8"
    )
    (service / "auth.js").write_text(
        """const { base } = require('../lib');
        class Definition {
            constructor() { this.auth = { token_: { type: 'text', name: 'Token' } }; }
            requestProfileInfo(context) { return context.httpRequest.get(`${base}/me`).then(r => r.data); }
        }
        module.exports = { type: 'apiKey', definition: () => new Definition() };""",
        encoding="utf-8",
    )
    module = import_module(service / "auth.js")
    assert (module.key, module.name) == ("widgets", "Acme Widgets")
    standin.answer("GET /me", {"name": "Amelia"})
    assert connect_it(loaded(tmp_path, module), standin, {"token_": "t"}).name == "Amelia"
    assert standin.requests[0].header("host") == "api.example.com"


def test_holes_in_what_functions_return_are_filled(tmp_path: Path, standin: StandIn) -> None:
    connector = module_of(
        tmp_path,
        """module.exports = {type: 'oauth2', definition: context => ({
            auth: {shop: {type: 'text', name: 'Shop'}},
            authUrl: () => 'https://{{shop}}.example/authorize?app={{clientId}}&back='
                + encodeURIComponent(context.callbackUrl),
            requestAccessToken: {method: 'POST', uri: `https://${context.shop}.example/token`,
                json: {id: '{{clientId}}', code: '{{authorizationCode}}'}},
            requestProfileInfo: () => 'https://{{shop}}.example/me'})}""",
    )
    standin.answer("POST /token", {"access_token": "at-1"})
    standin.answer("GET /me", lambda seen: Reply({"name": seen.header("authorization")}))
    browser = PromptBrowser()
    connected = connect_it(connector, standin, {"shop": "acme"}, CLIENT, browser)
    assert browser.opened[0].startswith("https://acme.example/authorize?app=1234&back=http%3A%2F%2F127.0.0.1")
    assert set(browser.asked) == {"app", "back", "state"}
    assert standin.requests[0].json == {"id": "1234", "code": "code-1"}
    assert {s.header("host") for s in standin.requests} == {"acme.example"}
    assert connected.credential.access_token == "at-1" and connected.profile


def test_redirects_are_followed_without_the_credential(tmp_path: Path, standin: StandIn) -> None:
    connector = module_of(
        tmp_path,
        """module.exports = {type: 'apiKey', definition: {auth: {k: {}}, accountNameFromProfileInfo: 'host',
            requestProfileInfo: async context => (await context.httpRequest({url: 'https://a.example/old',
                headers: {Authorization: 'Bearer ' + context.k}})).data}}""",
    )
    standin.answer("GET /old", Reply("", 302, {"Location": "/here"}))
    standin.answer("GET /here", Reply("", 302, {"Location": "https://b.example/new"}))
    standin.answer(
        "GET /new", lambda seen: Reply({"host": seen.header("host") + seen.header("authorization")})
    )
    assert connect_it(connector, standin, {"k": "key-1"}).name == "b.example"
    assert [s.header("authorization") for s in standin.requests] == ["Bearer key-1", "Bearer key-1", ""]


@pytest.mark.parametrize(
    ("returned", "name"),
    [
        ("context.httpRequest.get('https://a.example/me')", "context.profileInfo.data.name"),
        ("context.httpRequest.get('https://a.example/me')", "context.profileInfo.name"),
        ("[{ name: 'Amelia' }, { name: 'Bruno' }]", "context.profileInfo[0].name"),
        ("'Amelia'", "context.profileInfo"),
        ("undefined", "context.person"),
    ],
)
def test_a_profile_is_found_again_as_it_was_returned(
    returned: str, name: str, tmp_path: Path, standin: StandIn
) -> None:
    connector = module_of(
        tmp_path,
        f"""module.exports = {{type: 'apiKey', definition: {{auth: {{person: {{}}}},
            requestProfileInfo: async context => {returned},
            accountNameFromProfileInfo: context => {name} }}}}""",
    )
    standin.answer("*", {"name": "Amelia"})
    assert connect_it(connector, standin, {"person": "Amelia"}).name == "Amelia"


def test_where_the_credential_goes_is_found_out_without_sending(tmp_path: Path) -> None:
    connector = module_of(
        tmp_path,
        """module.exports = {type: 'apiKey', definition: {auth: {site: {}, apiKey: {}, user: {}},
            validate: async ({ apiKey, site, httpRequest }) => {
                const { data } = await httpRequest.get(`https://${site}.example/v1?k=${apiKey}`);
                return data.deep.nothing; }}}""",
        "query",
    )
    apply = connector.default_method.apply
    assert apply is not None and apply.query == {"k": "{{apiKey}}"}
    connector = module_of(
        tmp_path,
        """const request = require('request-promise');
        module.exports = {type: 'apiKey', definition: {auth: {apiKey: {}},
            requestProfileInfo: context =>
                request({url: 'https://a.example', headers: {'X-Key': 'k ' + context.apiKey}})}}""",
        "header",
    )
    apply = connector.default_method.apply
    assert apply is not None and apply.headers == {"X-Key": "k {{apiKey}}"}


def test_an_address_that_is_no_functions_gets_the_standard_parameters(
    tmp_path: Path, standin: StandIn
) -> None:
    connector = module_of(
        tmp_path,
        """module.exports = {type: 'oauth2', definition: context => {
            const { origin } = new URL(context.instance);
            return { auth: {instance: {type: 'text', name: 'Instance'}}, scope: ['read', 'write'],
                authUrl: `${origin}/authorize?prompt=login`, requestAccessToken: `${context.instance}/token`,
                requestProfileInfo: `${origin}/me`, accountNameFromProfileInfo: 'name' }}}""",
    )
    standin.answer("POST /shop/token", {"access_token": "at-1"})
    standin.answer("GET /me", {"name": "Amelia"})
    browser = PromptBrowser()
    values = {"instance": "https://acme.example/shop"}
    assert connect_it(connector, standin, values, CLIENT, browser).name == "Amelia"
    assert browser.opened[0].startswith("https://acme.example/authorize?prompt=login&response_type=code&")
    assert browser.asked["scope"] == "read,write"
    assert standin.requests[0].form["grant_type"] == "authorization_code"


def test_sign_ins_at_the_same_time_do_not_mix(tmp_path: Path, standin: StandIn) -> None:
    connector = module_of(
        tmp_path,
        """let mine;
        module.exports = {type: 'apiKey', definition: {auth: {person: {}},
            accountNameFromProfileInfo: () => mine,
            requestProfileInfo: async context => {
                mine = context.person;
                await new Promise(done => setTimeout(done, context.person.length));
                await context.httpRequest.get('https://a.example/' + mine);
                return { mine };
            }}}""",
    )
    standin.answer("*", {})
    people = ["a", "bb" * 9, "ccc"]

    async def all_at_once(ports: Any) -> list[str]:
        each = (connect(inputs_of(connector, {"person": p}), ports, Stages()) for p in people)
        return [connected.name for connected in await asyncio.gather(*each)]

    assert run(all_at_once, None, EveryHost(standin)) == people


@pytest.mark.parametrize(
    "thrown", ["new context.InvalidTokenError('Gone.')", "context.InvalidTokenError('Gone.')"]
)
def test_only_its_own_error_ends_an_account(thrown: str, tmp_path: Path, standin: StandIn) -> None:
    connector = module_of(
        tmp_path,
        """module.exports = {type: 'apiKey', definition: {auth: {apiKey: {}}, validate: async context => {
            try { await context.httpRequest.get('https://a.example/me'); } catch (error) {
                if (error.response && error.response.status === 410) throw THROWN;
                throw new Error('Something else: ' + error.message);
            }}}}""".replace("THROWN", thrown),
    )
    standin.answer("*", {})
    inputs = inputs_of(connector, {"apiKey": "k-123456"})
    credential = run(lambda ports: connect(inputs, ports, Stages()), None, EveryHost(standin)).credential
    for status, error in ((410, InvalidTokenError), (404, ServiceError), (503, TemporaryError)):
        standin.answer("*", "", status=status)
        with pytest.raises(error) as caught:
            run(lambda ports: validate(inputs, credential, ports), None, EveryHost(standin))
        assert type(caught.value).__name__ != "InvalidTokenError" or status == 410


def test_a_service_account_signs_its_own_token(tmp_path: Path, standin: StandIn) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    connector = module_of(
        tmp_path,
        """const jwt = require('jsonwebtoken');
        const crypto = require('crypto');
        module.exports = {type: 'apiKey', definition: {auth: {pem: {type: 'textarea'}, mail: {}},
            validate: async context => {
                const { data } = await context.httpRequest.post('https://a.example/token', {
                    plain: crypto.createSign('RSA-SHA512').update('text').sign(context.pem, 'base64'),
                    token: jwt.sign({ iss: context.mail }, context.pem,
                        { algorithm: 'RS256', expiresIn: '1h' }) });
            }}}""",
    )
    standin.answer("POST /token", {})
    for form in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
        pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
        connect_it(connector, standin, {"pem": pem, "mail": "robot@a.example"})
        sent = standin.requests[-1].json
        claims = jwt.decode(sent["token"], RSAKey.import_key(key.public_key()), algorithms=["RS256"]).claims
        assert claims["iss"] == "robot@a.example" and claims["exp"] - claims["iat"] == 3600
        key.public_key().verify(base64.b64decode(sent["plain"]), b"text", padding.PKCS1v15(), hashes.SHA512())
