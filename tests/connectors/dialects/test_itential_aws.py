"""Roles of AWS: assumed at a stand-in for STS that checks who signed, used to sign, renewed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.credential import utc_now
from connectors.definition import Connector, Sign
from connectors.errors import WrongCredentialsError
from connectors.methods import can_refresh, refresh
from connectors.wire.applying import authenticate
from connectors.wire.request_signing import sign_request
from tests.connectors.dialects.itential_support import read
from tests.connectors.support import connect_it, inputs_of, run
from tests.standin import Reply, Seen, StandIn

ROLE = "arn:aws:iam::123456789012:role/reader"
AUTH = {"auth_method": "aws_authentication", "aws_access_key": "AKOWN", "aws_secret_key": "own-secret"}
AROUND = {"region": "eu-west-1", "service": "execute-api"}


def signature(headers: Any, method: str, url: str, body: bytes, secret: str) -> str:
    """The Authorization that a request should have, if it was signed with this secret when it says."""
    stamp = datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    key, _, region, service = re.search(
        r"Credential=(.*?)/(.*?)/(.*?)/(.*?)/", headers["Authorization"]
    ).groups()
    token = headers.get("X-Amz-Security-Token", "")
    kept = {name: headers[name] for name in ("Host", "Content-Type") if name in headers}
    again = httpx.Request(method, url, headers=kept, content=body)
    rule = Sign(
        type="aws-sigv4",
        region=region,
        service=service,
        access_key=key,
        secret_key=secret,
        session_token=token,
    )
    sign_request(again, rule, {}, stamp)
    return again.headers["authorization"]


class Sts(StandIn):
    """Gives keys that end in an hour, numbered, to who signs with the own secret."""

    def __init__(self, secret: str = "own-secret", **asked: str) -> None:
        self.given = 0
        self._secret, self._asked = secret, asked
        super().__init__({"POST /": self._answer})

    def _answer(self, seen: Seen) -> Reply:
        headers = httpx.Headers(seen.headers)
        good = signature(headers, "POST", f"{self.url}/", seen.body, self._secret)
        if headers["Authorization"] != good or "/eu-west-1/sts/aws4_request" not in good:
            error = "<Error><Code>SignatureDoesNotMatch</Code><Message>Bad signature.</Message></Error>"
            return Reply(f"<ErrorResponse>{error}</ErrorResponse>", 403, {"Content-Type": "text/xml"})
        assert seen.form["Action"] == "AssumeRole" and seen.form["RoleArn"] == ROLE
        assert seen.form["RoleSessionName"].startswith("jackfield-")
        assert {name: seen.form[name] for name in self._asked} == self._asked
        self.given += 1
        ends = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        keys = (
            f"<AccessKeyId>AKROLE{self.given}</AccessKeyId><SecretAccessKey>role-secret-{self.given}"
            f"</SecretAccessKey><SessionToken>role-session-{self.given}</SessionToken><Expiration>{ends}</Expiration>"
        )
        result = f"<AssumeRoleResult><Credentials>{keys}</Credentials></AssumeRoleResult>"
        space = "https://sts.amazonaws.com/doc/2011-06-15/"
        whole = f'<AssumeRoleResponse xmlns="{space}">{result}</AssumeRoleResponse>'
        return Reply(whole, headers={"Content-Type": "text/xml"})


def role_of(folder: Path, sts: StandIn | None, **auth: Any) -> tuple[Connector, dict[str, str]]:
    """The connector of an adapter with a role, and what a person fills in."""
    rules = {"endpoint": sts.url} if sts else {}
    own = {**AUTH, "aws_iam_role": ROLE, **auth, "aws_sts": {**rules, **auth.get("aws_sts", {})}}
    _, connector = read(folder, own, properties=AROUND)
    values = {field.key: field.default for field in connector.default_method.fields}
    return connector, {**values, "aws_secret_key": "own-secret"}


def test_a_role_is_assumed_signs_and_is_renewed(tmp_path: Path) -> None:
    with Sts(DurationSeconds="3600", ExternalId="out-7") as sts:
        connector, values = role_of(tmp_path, sts, aws_sts={"externalId": "out-7"})
        inputs = inputs_of(connector, values)
        credential = connect_it(inputs).credential
        left = credential.expires_at - utc_now()
        assert timedelta(minutes=55) < left < timedelta(minutes=59, seconds=1), "a minute is held back"
        for number in (1, 2):
            request = httpx.Request("POST", "https://abc.example/things?b=2&a=1", json={"x": 1})
            sent = authenticate(inputs, credential, request)
            assert sent.headers["X-Amz-Security-Token"] == f"role-session-{number}"
            assert f"Credential=AKROLE{number}/" in sent.headers["authorization"]
            assert "/eu-west-1/execute-api/aws4_request" in sent.headers["authorization"]
            body, url = request.read(), str(sent.url)
            again = signature(sent.headers, "POST", url, body, f"role-secret-{number}")
            assert sent.headers["authorization"] == again
            assert again != signature(sent.headers, "POST", url, body, "own-secret")
            assert can_refresh(inputs.method, credential)
            credential = run(lambda ports, held=credential: refresh(inputs, held, ports))
        assert sts.given == 3
        assert not any("role-" in str(seen.headers) for seen in sts.requests), "a role does not assume itself"


def test_a_wrong_key_is_told_in_the_words_of_sts(tmp_path: Path) -> None:
    with Sts(secret="another") as sts:
        connector, values = role_of(tmp_path, sts)
        with pytest.raises(WrongCredentialsError, match=r"Bad signature"):
            connect_it(inputs_of(connector, values))


@pytest.mark.parametrize(("cache", "kept"), [("local", "memory"), ("kept", "vault"), ("redis", "redis")])
def test_the_keys_of_a_role_are_kept_as_any_session(tmp_path: Path, cache: str, kept: str) -> None:
    connector, _ = role_of(tmp_path, None, token_cache=cache)
    method = connector.default_method
    assert (method.type, method.keep_session) == ("session", kept)
    (step,) = method.request_session
    assert step.request.url == "https://sts.eu-west-1.amazonaws.com/"
    assert step.sign.service == "sts" and method.sign.service == "execute-api"


def test_sts_may_stand_in_another_region_and_needs_encryption(tmp_path: Path) -> None:
    connector, _ = role_of(tmp_path, None, aws_sts={"region": "us-east-1"})
    (step,) = connector.default_method.request_session
    assert (step.request.url, step.sign.region) == ("https://sts.us-east-1.amazonaws.com/", "us-east-1")
    assert connector.default_method.sign.region == "eu-west-1"
    (tmp_path / "other").mkdir()
    connector, values = role_of(tmp_path / "other", None, aws_sts={"endpoint": "sts.internal.example"})
    assert values["sts_address"] == "https://sts.internal.example"
