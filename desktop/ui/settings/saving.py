"""Changing preferences on the engine's thread: a write to the disk must not stop the window."""

from __future__ import annotations

import asyncio
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from desktop.engine.preferences import Preferences

if TYPE_CHECKING:
    from desktop.engine.engine import Engine


async def change_preferences(engine: Engine, **changes: Any) -> Preferences:
    """Saves some choices and leaves the others as they are. Raises OSError; then nothing changed."""
    engine.save_preferences(msgspec.structs.replace(engine.preferences, **changes))
    return engine.preferences


class NetworkSaved(NamedTuple):
    """The choices after a save, or a sentence for each that was refused; then nothing was saved."""

    preferences: Preferences
    problems: dict[str, str]


async def change_network(engine: Engine, browser_command: str, ca_file: str) -> NetworkSaved:
    """Tries both, and saves them when both will do."""
    from connectors.errors import ServiceError
    from desktop.engine.network.http import tls_context

    problems: dict[str, str] = {}
    if problem := command_problem(browser_command):
        problems["browser_command"] = problem
    if ca_file:
        try:
            await asyncio.to_thread(tls_context, Path(ca_file))
        except ServiceError as error:
            problems["ca_file"] = f"{error.sentence} {error.hint}".strip()
    if problems:
        return NetworkSaved(engine.preferences, problems)
    saved = await change_preferences(engine, browser_command=browser_command, ca_file=ca_file)
    return NetworkSaved(saved, {})


def command_problem(command: str) -> str:
    """Why a browser command cannot work, or nothing."""
    if not command:
        return ""
    try:
        words = shlex.split(command)
    except ValueError:
        return "A quotation mark in this command is not closed."
    if not words or shutil.which(words[0]) is None:
        return f"There is no program {words[0] if words else ''} on this computer."
    return ""
