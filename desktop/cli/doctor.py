"""`jackfield doctor`: what could keep an account from being connected, in one page."""

from __future__ import annotations

import argparse

from desktop.cli.common import Subparsers, add_command, add_json, engine_for
from desktop.cli.exits import DONE, FAILED
from desktop.cli.output import document, line

_MARKS = {"ok": "ok", "warning": "warning", "problem": "PROBLEM", "unknown": "not checked"}


def add_commands(commands: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the command to the grammar."""
    command = add_command(
        commands,
        "doctor",
        examine,
        "look over this computer: browser, ports, keychain, proxy, trust, clock, vault",
    )
    command.add_argument(
        "--server", metavar="URL", default="", help="a server to compare the clock with, in one request"
    )
    add_json(command)


def examine(args: argparse.Namespace) -> int:
    """doctor"""
    import msgspec

    with engine_for(args, unlock=False) as engine:
        findings = engine.run(engine.examine(args.server))
    failed = any(finding.outcome == "problem" for finding in findings)
    if args.json:
        document({"ok": not failed, "findings": msgspec.to_builtins(findings)})
        return FAILED if failed else DONE
    width = max(len(finding.title) for finding in findings)
    for finding in findings:
        line(f"{finding.title:<{width}}  {_MARKS[finding.outcome]}: {finding.sentence}")
        if finding.hint:
            line(f"{'':<{width}}  {finding.hint}")
    return FAILED if failed else DONE
