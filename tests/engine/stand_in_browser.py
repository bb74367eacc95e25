"""Programs that stand in for a browser, and addresses that no browser may be sent to."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from desktop.engine.connect.opening import MAX_URL

UNSAFE = [
    "",
    "-flag",
    "--browser=x",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "vbscript:x",
    "ftp://h/",
    "smb://h/share",
    "ms-msdt:/id",
    "x-scheme:y",
    "mailto:a@b.example",
    "view-source:https://h/",
    r"\\host\share",
    "//host/path",
    " https://h/",
    "https://h/ ",
    "https://h/a b",
    "https://h/\n--flag",
    "https://h/\x00",
    "https://h/\u202egnp",
    "https://h\\@evil.example/",
    "https://",
    "https:///path",
    "https:path",
    "https://user:pass@h/",
    "https://h@evil.example/",
    "https://h:99999/",
    "https://h:0/",
    "https://[::1/",
    "https://%68/",
    'https://h/"',
    "https://h/<x>",
    "http://service.example/",
    "http://127.0.0.1.evil.example/",
    "http://127.1/",
    "http://2130706433/",
    "http://localhost.evil.example/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://192.168.0.1/",
    "https://h/" + "a" * MAX_URL,
]


def script(folder: Path, body: str, name: str = "a browser") -> Path:
    """A program that stands in for a browser."""
    file = folder / name
    file.write_text(f"#!{sys.executable}\n{body}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def writes_its_arguments(folder: Path) -> tuple[Path, Path]:
    """A program that writes its arguments to a file, and that file."""
    seen = folder / "seen"
    return script(folder, f"import sys; open({str(seen)!r}, 'w').write('\\n'.join(sys.argv[1:]))"), seen
