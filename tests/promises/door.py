"""The same through the command line: what a person sees when a service misbehaves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from desktop.vault import kdf
from tests.cli.runner import Jackfield
from tests.engine.support import PASSPHRASE, derived_once

_BROWSER = """#!{python} -IS
import sys, urllib.parse, urllib.request
asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(sys.argv[1]).query))
back = asked["redirect_uri"] + "?" + urllib.parse.urlencode({{"code": "code-1", "state": asked["state"]}})
urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(back).read()
"""


@contextmanager
def command_line(home: Path, folder: Path) -> Iterator[Jackfield]:
    """`jackfield` on a home of `make_home`; its browser agrees to everything at once."""
    folder.mkdir(exist_ok=True)
    door = Jackfield(home, folder)
    door.passphrase_file.write_text(f"{PASSPHRASE}\n")
    browser = folder / "agrees"
    browser.write_text(_BROWSER.format(python=sys.executable))
    browser.chmod(0o700)
    door.env["JACKFIELD_BROWSER"] = str(browser)
    with mock.patch.object(kdf, "derive", derived_once):
        yield door
