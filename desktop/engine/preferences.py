"""The person's own choices, in preferences.json beside the vault. Nothing in it is secret."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal

import msgspec

FILE_NAME = "preferences.json"


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """Every choice with its default. Change one with `msgspec.structs.replace` and save the whole."""

    theme: Literal["system", "light", "dark"] = "system"
    auto_lock_minutes: int = 10  # 0: never
    browser_command: str = ""  # given the URL as its one argument; empty: the system browser
    ca_file: str = ""  # certificates to trust besides the system's, PEM
    reveal_seconds: int = 30
    clipboard_seconds: int = 30
    history_count: int = 50  # earlier records kept of each account; 0: every one
    history_days: int = 365  # and for how long; 0: without end
    window_geometry: str = ""  # base64, as the toolkit hands it out
    window_state: str = ""


def load_preferences(home: Path) -> tuple[Preferences, str]:
    """The saved choices, and a sentence if they could not be read (else an empty string).

    A file that is not JSON is kept aside under another name. A single wrong value costs only itself.
    """
    path = home / FILE_NAME
    try:
        raw = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Preferences(), ""
    except OSError as error:
        return Preferences(), f"{path} could not be read ({error.strerror}); the defaults are used."
    except ValueError:
        raw = None
    if not isinstance(raw, dict):
        aside = path.with_name(f"{FILE_NAME}.broken")
        path.replace(aside)
        return (
            Preferences(),
            f"{path} is not valid JSON; the defaults are used. The old file is kept as {aside.name}.",
        )
    return _from_plain(raw, path)


def save_preferences(home: Path, preferences: Preferences) -> None:
    """Writes all choices in one step, so that a crash leaves the old file. Keys of other versions stay.

    Raises OSError.
    """
    path = home / FILE_NAME
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    plain = _unknown_keys(path) | msgspec.to_builtins(preferences)
    part = path.with_name(f"{FILE_NAME}.{os.getpid()}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(plain, file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o600)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _from_plain(raw: dict[str, Any], path: Path) -> tuple[Preferences, str]:
    good: dict[str, Any] = {}
    wrong: list[str] = []
    for field in msgspec.structs.fields(Preferences):
        if field.name not in raw:
            continue
        try:
            value = msgspec.convert(raw[field.name], type=field.type)
        except msgspec.ValidationError:
            wrong.append(field.name)
            continue
        if isinstance(value, int) and value < 0:
            wrong.append(field.name)
            continue
        good[field.name] = value
    problem = (
        f"{path} holds a value that cannot be used for {', '.join(wrong)}; the default is used."
        if wrong
        else ""
    )
    return Preferences(**good), problem


def _unknown_keys(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    known = set(Preferences.__struct_fields__)
    return {key: value for key, value in raw.items() if key not in known} if isinstance(raw, dict) else {}
