"""The OAuth 1 signatures of the JavaScript libraries, verified by oauthlib."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from oauthlib.oauth1.rfc5849 import signature

from tests.connectors.dialects.support import connect_it, module_of
from tests.standin import Seen, StandIn

URL = "https://api.example/1/me?b=2&a=x%20y&a='%C3%A9"
LIBRARIES = {
    "oauth": """
        const { OAuth } = require('oauth');
        const [asks, gets] = ['https://a.example/r', 'https://a.example/a'];
        const client = new OAuth(asks, gets, 'ck', 'c s', '1.0', null, 'HMAC-SHA1');
        client.post(URL, 'tok', 't&s', { status: "it's (ok)!", more: 'ü ö' }, ended);
    """,
    "request": """
        const oauth = { consumer_key: 'ck', consumer_secret: 'c s', token: 'tok', token_secret: 't&s' };
        require('request').post({ url: URL, form: { status: "it's (ok)!" }, oauth }, ended);
    """,
    "oauth-1.0a": """
        const sha1 = (base, key) => require('crypto').createHmac('sha1', key).update(base).digest('base64');
        const consumer = { key: 'ck', secret: 'c s' };
        const oauth = require('oauth-1.0a')({ consumer, signature_method: 'HMAC-SHA1', hash_function: sha1 });
        const token = { key: 'tok', secret: 't&s' };
        const headers = oauth.toHeader(oauth.authorize({ url: URL, method: 'GET' }, token));
        context.httpRequest.get(URL, { headers }).then(() => ended(), ended);
    """,
}


def verified(seen: Seen) -> bool:
    query = urlsplit(seen.target).query
    form = seen.body.decode() if "urlencoded" in seen.header("content-type") else ""
    header = {"Authorization": seen.header("authorization")}
    params = signature.collect_parameters(query, form, header, exclude_oauth_signature=False)
    given = dict(params)["oauth_signature"]
    request = SimpleNamespace(
        params=[pair for pair in params if pair[0] != "oauth_signature"],
        signature=given,
        uri=f"https://api.example{seen.target}",
        http_method=seen.method,
    )
    return bool(signature.verify_hmac_sha1(request, "c s", "t&s"))


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_signature_holds(name: str, tmp_path: Path, standin: StandIn) -> None:
    text = f"""const URL = {URL!r};
        module.exports = {{type: 'apiKey', definition: {{auth: {{any: {{}}}}, validate: context =>
            new Promise((done, fail) => {{
                const ended = error => (error ? fail(error) : done());
                {LIBRARIES[name]} }}) }}}}"""
    standin.answer("*", {})
    connect_it(module_of(tmp_path, text), standin, {"any": "1"})
    assert verified(standin.requests[-1])
