"""A Debian package out of the stand-alone folder: the program, a menu entry, an icon."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# What Qt's xcb platform plugin opens at run time and what is left out of the bundle on purpose.
DEPENDS = (
    "libegl1",
    "libgl1",
    "libfontconfig1",
    "libfreetype6",
    "libdbus-1-3",
    "libstdc++6",
    "libglib2.0-0 | libglib2.0-0t64",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
)

CONTROL = """\
Package: jackfield
Version: {version}
Section: utils
Priority: optional
Architecture: {architecture}
Installed-Size: {size}
Depends: libc6 (>= {libc}), {depends}
Recommends: gnome-keyring | kwalletmanager, www-browser, bubblewrap
Maintainer: Jackfield developers <jackfield@localhost>
Description: console that connects accounts and keeps their tokens encrypted
 Jackfield draws a service's sign-in form from a definition, opens your own
 browser for OAuth, and shows every connected account under its profile name.
 Token fields can be inspected, edited, undone and refreshed in an encrypted
 local store. Scripts use the same engine from the command line.
"""


def build_package(folder: Path, resources: Path, output: Path, version: str) -> Path:
    """Packs `folder` (PyInstaller's) with the desktop entry and icon. Returns the .deb."""
    architecture = _say("dpkg", "--print-architecture")
    package = output / f"jackfield_{version}_{architecture}.deb"
    with tempfile.TemporaryDirectory(prefix="jackfield-deb-") as work:
        root = Path(work, "root")
        _lay_out(root, folder, resources)
        control = CONTROL.format(
            version=version,
            architecture=architecture,
            size=_kibibytes(root),
            libc=os.confstr("CS_GNU_LIBC_VERSION").split()[-1],
            depends=", ".join(DEPENDS),
        )
        sums = _md5sums(root)
        meta = root / "DEBIAN"
        meta.mkdir(mode=0o755)
        _write(meta / "control", control)
        _write(meta / "md5sums", sums)
        # zstd packs nearly as small as xz in a fraction of the time; dpkg reads it since 1.21.18.
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", root, package],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return package


def _lay_out(root: Path, folder: Path, resources: Path) -> None:
    share = root / "usr" / "share"
    shutil.copytree(folder, root / "usr" / "lib" / "jackfield", symlinks=True)
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / "jackfield").symlink_to("../lib/jackfield/jackfield")
    for source, target in (
        (resources / "jackfield.desktop", share / "applications" / "jackfield.desktop"),
        (resources / "icons" / "jackfield.svg", share / "icons/hicolor/scalable/apps/jackfield.svg"),
        (resources.parent / "LICENSE", share / "doc" / "jackfield" / "copyright"),
    ):
        target.parent.mkdir(parents=True)
        shutil.copyfile(source, target)
    # Whoever builds may have a strict umask; whoever installs is somebody else.
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)


def _md5sums(root: Path) -> str:
    lines = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{digest}  {path.relative_to(root)}\n")
    return "".join(lines)


def _kibibytes(root: Path) -> int:
    return sum(-(-path.lstat().st_size // 1024) for path in root.rglob("*"))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def _say(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
