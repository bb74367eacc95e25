"""What the tests of imported modules share: importing, loading and connecting one."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

pytest.importorskip("py_mini_racer", reason="the extra “appmixer” is not installed")

from connectors.definition import Connector
from connectors.dialects.appmixer import Imported, import_module
from connectors.methods import Connected, connect
from connectors.reading.loading import load_file
from tests.connectors.support import EveryHost, PromptBrowser, Stages, inputs_of, run
from tests.standin import StandIn

MODULES = Path(__file__).parent / "appmixer"
CLIENT = {"client_id": "1234", "client_secret": "s3cret"}
CONSUMER = {"consumer_key": "ck", "consumer_secret": "cs"}


def imported(name: str) -> Imported:
    return import_module(MODULES / f"{name}.js")


def loaded(folder: Path, module: Imported) -> Connector:
    connector, problems = load_file(module.write(folder))
    assert connector is not None, [str(p) for p in problems]
    assert not [str(p) for p in problems if p.severity == "error"]
    return connector


def module_of(folder: Path, text: str, key: str = "example") -> Connector:
    (folder / "src").mkdir(exist_ok=True)
    path = folder / "src" / f"{key}.js"
    path.write_text(text, encoding="utf-8")
    return loaded(folder, import_module(path))


def connect_it(
    connector: Connector,
    standin: StandIn,
    values: dict[str, str] | None = None,
    settings: dict[str, str] | None = None,
    browser: PromptBrowser | None = None,
) -> Connected:
    inputs = inputs_of(connector, values, settings)
    return run(lambda ports: connect(inputs, ports, Stages()), browser, EveryHost(standin))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
