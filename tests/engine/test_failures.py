"""Every exception becomes a sentence without a secret in it."""

from __future__ import annotations

import asyncio
import errno
import logging

import httpx
import pytest

from connectors import errors as connector_errors
from connectors.errors import ConnectorError, InvalidInputError, ServiceError
from desktop.engine.failures import explain
from desktop.engine.privacy.redaction import redactor
from desktop.vault import errors as vault_errors
from desktop.vault.errors import VaultError

SECRET = "canary-5f0a9d3e7b1c"


@pytest.fixture(autouse=True)
def known_secret() -> None:
    redactor.register(SECRET)


def all_kinds() -> list[type[ConnectorError] | type[VaultError]]:
    found = []
    for module in (connector_errors, vault_errors):
        found += [
            kind
            for kind in vars(module).values()
            if isinstance(kind, type) and issubclass(kind, ConnectorError | VaultError)
        ]
    return found


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.__name__)
def test_a_known_failure_keeps_its_words_and_loses_its_secrets(kind: type[ConnectorError]) -> None:
    more = {"wait_seconds": 1.0} if kind.__name__ == "ThrottledError" else {}
    failure = explain(kind(f"The service refused {SECRET}.", f"Look at {SECRET}.", **more))
    assert failure.reason == kind.reason
    assert failure.sentence.startswith("The service refused ")
    assert SECRET not in repr(failure)


def test_details_name_the_status_and_each_field() -> None:
    assert "502" in explain(ServiceError("It answered HTML.", status=502)).detail
    failure = explain(InvalidInputError("Two are wrong.", fields={"domain": "Domain is needed."}))
    assert failure.detail == "domain: Domain is needed."


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "disk_full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "permission"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/x"), "not_found"),
        (OSError(errno.EIO, "Input/output error"), "system"),
        (httpx.ConnectError("refused"), "offline"),
        (httpx.InvalidURL("bad"), "unsafe_url"),
        (TimeoutError(), "offline"),
        (asyncio.CancelledError(), "cancelled"),
    ],
)
def test_the_systems_failures_have_sentences_of_their_own(error: BaseException, reason: str) -> None:
    failure = explain(error)
    assert failure.reason == reason
    assert failure.sentence.endswith(".")
    assert "Error" not in failure.sentence


def test_what_nobody_foresaw_is_logged_and_told_calmly(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        failure = explain(KeyError(f"token={SECRET}"))
    assert failure.reason == "unexpected"
    assert "KeyError" not in failure.sentence and "KeyError" in failure.detail
    assert SECRET not in repr(failure)
    assert "unexpected KeyError" in caplog.text
