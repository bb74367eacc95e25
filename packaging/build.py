"""Builds the stand-alone folder with PyInstaller and, on Debian and its kin, a package from it.

    python packaging/build.py [--output dist] [--no-deb]

Prints the paths of what was built, one a line.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from debian import build_package

ROOT = Path(__file__).resolve().parent.parent


def build_folder(output: Path) -> Path:
    """Runs PyInstaller over the committed spec. Returns the folder with the program in it."""
    with tempfile.TemporaryDirectory(prefix="jackfield-build-") as work:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "PyInstaller",
                "--noconfirm",
                "--log-level=WARN",
                f"--distpath={output}",
                f"--workpath={work}",
                str(ROOT / "packaging" / "jackfield.spec"),
            ],
            check=True,
            cwd=ROOT,
        )
    return output / "jackfield"


def version() -> str:
    """The version that the program itself will say."""
    sys.path.insert(0, str(ROOT))
    from desktop import __version__

    return __version__


def main() -> int:
    """The one command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "dist", metavar="DIR")
    parser.add_argument("--no-deb", action="store_true", help="only the folder")
    args = parser.parse_args()
    output: Path = args.output.absolute()
    output.mkdir(parents=True, exist_ok=True)
    folder = build_folder(output)
    print(folder)
    if args.no_deb:
        return 0
    if shutil.which("dpkg-deb") is None:
        print("dpkg-deb is not here, so there is no Debian package.", file=sys.stderr)
        return 0
    print(build_package(folder, ROOT / "resources", output, version()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
