"""Every configuration of the oracle, imported, connected and used: what we send, what the library sent.

The differences are those of docs/itential.md, where each has its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.dialects.itential import import_configuration
from connectors.errors import ConnectorError, DefinitionError
from desktop.engine.engine import Engine
from desktop.engine.sessions import renewing
from desktop.vault.records import AccountRow
from tests.connectors.dialects.itential_cases import (
    CALLS,
    CASES,
    Service,
    Wire,
    expected,
    sent,
    values_of,
    write_adapter,
)
from tests.engine.support import DEADLINE, PASSPHRASE, make_home

JSON = {"content-type": "application/json", "accept": "application/json"}
LOGIN = ("POST", "/login", JSON | {"content-length": "31"}, b'{"username":"u","password":"p"}')


def thing(target: str = "/api/thing", **headers: str) -> tuple[str, str, dict[str, str], bytes]:
    """A GET as the adapter sends it."""
    return ("GET", target, JSON | headers, b"")


def post(body: str, target: str = "/api/thing") -> tuple[str, str, dict[str, str], bytes]:
    """A POST as the adapter sends it."""
    return ("POST", target, JSON | {"content-length": str(len(body))}, body.encode())


STEP_1 = ("POST", "/step1", JSON | {"content-length": "36"}, b'{"username":"alice","password":"pw"}')


def step_2(session: str) -> tuple[str, str, dict[str, str], bytes]:
    """The second step of a sign-in in two."""
    return ("POST", "/step2", JSON | {"jx-session": session, "content-length": "13"}, b'{"otp":"123"}')


# Faults of the library that are not repeated. Each is a row of the table in docs/itential.md.
FIXED: dict[str, Wire] = {
    "username containing {password}": [thing(authorization="{password}:p")],
    "static url GET": [
        thing("/api/thing?apikey=a+b%26c"),
        thing("/api/thing?apikey=a+b%26c&q=1"),
        post('{"name":"x"}', "/api/thing?apikey=a+b%26c"),
    ],
    "static body POST": [post('{"name":"x","auth":{"key":"STK"}}')],
    "static body 2 level (bug?)": [post('{"name":"x","auth":{"key":"STK"}}')],
    "header with dot": [thing(**{"x.api": "STK"})],
    "401 forever retries=3": [
        LOGIN,
        thing(authorization="Bearer T1"),
        LOGIN,
        thing(authorization="Bearer T2"),
    ],
    "dollar in password": [thing(authorization="u:p$&x")],
    "two tokens": [thing(**{"x-a": "STK.STK"})],
    "cookie by name": [LOGIN, thing(cookie="sid=zz%2Fy")],
    "number token": [LOGIN, thing(**{"x-t": "12345"})],
    "multi_step 401 on API": [
        STEP_1,
        step_2("SES1"),
        thing(authorization="Bearer AT2"),
        STEP_1,
        step_2("SES3"),
        thing(authorization="Bearer AT4"),
        thing(authorization="Bearer AT4"),
    ],
}
# Configurations that are refused when they are imported, before anything is sent.
REFUSED = {
    "{b64} unclosed": "opens a {b64} that is not closed",
    "method basic_user_password (docs spelling)": "auth_method “basic_user_password” is not one of",
    'invalid_token_error "403" string': "invalid_token_error must be a whole number",
    "token no placement in schema": "gives the token no placement",
}


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with Service() as running:
        yield running


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(make_home(tmp_path_factory.mktemp("home")), scheduled=False) as running:
        running.run(running.unlock(PASSPHRASE), DEADLINE)
        yield running


@pytest.mark.parametrize("result", CASES, ids=lambda result: str(result["case"]["name"]))
def test_what_goes_over_the_wire(
    result: dict[str, object],
    engine: Engine,
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = CASES[CASES.index(result)]["case"]
    name = case["name"]
    service.begin(case)
    folder = write_adapter(case, tmp_path, service.port)
    if name in REFUSED:
        with pytest.raises(DefinitionError) as refused:
            import_configuration(folder)
        assert REFUSED[name] in refused.value.sentence
        assert not {"u:p", "STK"} & set(refused.value.sentence.split())
        return
    # However slow this computer is: a token of one second is not over before it is used.
    start = datetime.now(UTC)
    monkeypatch.setattr(renewing, "utc_now", lambda: start)
    key = engine.run(engine.add_connector(import_configuration(folder, key="case").write(tmp_path)), DEADLINE)
    fields = {field.key for field in engine.catalog.get(key).default_method.fields}
    values = {k: v for k, v in values_of(case).items() if k in fields}

    async def connected() -> AccountRow:
        attempt = await engine.begin_connect(key, None, values)
        return await attempt.wait()

    failed = [bool(out.get("err")) for out in result["out"]]  # type: ignore[attr-defined]
    try:
        row = engine.run(connected(), DEADLINE)
        statuses = []
        for call in case.get("calls", ["get"]):
            method, target, body = CALLS[call]
            statuses.append(engine.run(engine.request(row.id, method, target, {}, body), DEADLINE).status)
    except ConnectorError as error:
        assert failed == [True], error.sentence
    else:
        if name not in FIXED:
            assert [status != 200 for status in statuses] == failed
    assert sent(service.requests) == (FIXED[name] if name in FIXED else expected(result))


def test_every_declared_difference_is_one_and_is_explained() -> None:
    told = (Path(__file__).parents[3] / "docs" / "itential.md").read_text(encoding="utf-8")
    names = {str(result["case"]["name"]): result for result in CASES}
    assert FIXED.keys() | REFUSED.keys() <= names.keys()
    for name, wire in FIXED.items():
        assert wire != expected(names[name])
        assert f"`{name}`" in told
    for name in REFUSED:
        assert f"`{name}`" in told
