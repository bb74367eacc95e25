"""The package and the wheel, each built once."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD_TIME = 400  # seconds; half a minute is usual


@pytest.fixture(scope="session")
def needed() -> Callable[[bool, str], None]:
    """Skips with the reason where a part is missing; under JACKFIELD_REQUIRE_REAL=1 that fails instead."""

    def need(present: bool, what: str) -> None:
        if not present and os.environ.get("JACKFIELD_REQUIRE_REAL") == "1":
            pytest.fail(f"{what} is missing, and JACKFIELD_REQUIRE_REAL=1 asks for it")
        if not present:
            pytest.skip(f"{what} is missing")

    return need


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, needed: Callable[[bool, str], None]) -> Path:
    """The folder that `packaging/build.py` wrote to."""
    needed(importlib.util.find_spec("PyInstaller") is not None, "PyInstaller (pip install -e '.[package]')")
    needed(shutil.which("dpkg-deb") is not None, "dpkg-deb")
    needed(shutil.which("objdump") is not None, "objdump (binutils)")
    output = tmp_path_factory.mktemp("dist")
    build = [sys.executable, str(ROOT / "packaging" / "build.py"), "--output", str(output)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=BUILD_TIME)
    assert done.returncode == 0, done.stderr
    return output


@pytest.fixture(scope="session")
def installed_wheel(tmp_path_factory: pytest.TempPathFactory, needed: Callable[[bool, str], None]) -> Path:
    """The wheel, installed without its dependencies into a folder of its own."""
    needed(importlib.util.find_spec("hatchling") is not None, "hatchling (pip install -e '.[package]')")
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=BUILD_TIME,
    )
    (wheel,) = wheels.glob("jackfield-*.whl")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--target",
            target,
            wheel,
        ],
        check=True,
        capture_output=True,
        timeout=BUILD_TIME,
    )
    return target
