"""All checks, side by side. One that fails in a way that nobody foresaw is a line like the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from desktop.engine.doctor import browser, keychain, ports, proxy, server, trust, vault
from desktop.engine.doctor.finding import Finding, Situation
from desktop.engine.privacy.redaction import redactor

log = logging.getLogger(__name__)


class _Check(NamedTuple):
    empty: Finding  # names the check, should it break
    look: Callable[[Situation], Finding]


def _check(name: str, title: str, look: Callable[[Situation], Finding]) -> _Check:
    sentence = "This could not be looked at."
    empty = {"check": name, "title": title, "outcome": "unknown", "sentence": sentence}
    return _Check(msgspec.convert(empty, type=Finding), look)


CHECKS = (
    _check("browser", "Browser", browser.look),
    _check("ports", "Way back from the browser", ports.look),
    _check("keychain", "Keychain", keychain.look),
    _check("proxy", "Proxy", proxy.look),
    _check("trust", "Certificates", trust.look),
    _check("vault", "Vault", vault.look),
)


async def examine(situation: Situation) -> tuple[Finding, ...]:
    """Every finding, in the order in which they are read. Takes a few seconds where a network is slow.

    Nothing is opened, changed or sent, but for one request to `situation.server` if there is one.
    """
    looks = (asyncio.to_thread(_carefully, check, situation) for check in CHECKS)
    found, clock = await asyncio.gather(asyncio.gather(*looks), server.compare_clock(situation))
    *rest, last = found
    return tuple(_redacted(finding) for finding in (*rest, clock, last))


def _carefully(check: _Check, situation: Situation) -> Finding:
    try:
        return check.look(situation)
    except Exception as error:
        log.exception("the check %s broke", check.empty.check)
        hint = f"Report it with this word: {type(error).__name__}."
        return msgspec.structs.replace(check.empty, hint=hint)


def _redacted(finding: Finding) -> Finding:
    redact = redactor.redact
    return msgspec.structs.replace(finding, sentence=redact(finding.sentence), hint=redact(finding.hint))
