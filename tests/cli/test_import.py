"""`jackfield connectors import`"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.runner import Jackfield

pytest.importorskip("py_mini_racer", reason="the extra “appmixer” is not installed")

MODULES = Path(__file__).parents[1] / "connectors" / "dialects" / "appmixer"


def test_a_module_becomes_a_definition_of_ones_own(bare: Jackfield) -> None:
    module = str(MODULES / "freshdesk.js")
    told = bare("connectors", "import", module, "--key", "desk", "--json", unlocked=False)
    assert told.json == {
        "key": "desk",
        "name": "Desk",
        "methods": [{"key": "api_key", "type": "apiKey", "name": "API key"}],
        "kept": ["account_name_from_profile_info"],
        "functions": ["validate", "request_profile_info"],
        "warnings": [],
        "dropped": [{"step": "tokenType", "reason": "where the credential goes is said by the requests."}],
    }
    listed = {one["key"]: one for one in bare("connectors", "list", "--json", unlocked=False).json}
    assert listed["desk"]["origin"] == "own"


def test_a_folder_with_several_modules(bare: Jackfield, tmp_path: Path) -> None:
    for name in ("trello", "broken", "microsoft", "more/trello"):
        (tmp_path / name).mkdir(parents=True)
        module = MODULES / f"{Path(name).name}.js"
        text = module.read_text(encoding="utf-8") if module.exists() else "module.exports = {"
        (tmp_path / name / "auth.js").write_text(text, encoding="utf-8")
    told = bare("connectors", "import", str(tmp_path), "--json", unlocked=False, code=1)
    broken, microsoft, second, trello = told.json
    assert broken["file"].endswith("broken/auth.js") and "cannot be read" in broken["error"]
    assert (microsoft["key"], second["key"], trello["key"]) == ("microsoft", "trello", "trello-2")
    assert trello["methods"][0]["type"] == "oauth"
    # As a process of its own: what the engine of JavaScript started has to end by itself.
    again = bare.process("connectors", "import", str(tmp_path / "trello"), unlocked=False)
    assert "  kept: request_access_token, as JavaScript" in again.out.splitlines()


def test_what_cannot_be_imported_is_said_in_a_sentence(bare: Jackfield, tmp_path: Path) -> None:
    nothing = bare("connectors", "import", str(tmp_path), unlocked=False, code=1)
    assert "There is no auth.js in" in nothing.err
    bare("connectors", "import", str(tmp_path / "none.js"), unlocked=False, code=2)
    module = str(MODULES / "trello.js")
    wrong = bare("connectors", "import", module, "--key", "No Key", unlocked=False, code=2)
    assert "A key is made of small letters" in wrong.err


def test_without_the_extra_one_sentence_names_it(bare: Jackfield, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py_mini_racer", None)
    told = bare("connectors", "import", str(MODULES / "trello.js"), unlocked=False, code=1)
    assert "pip install 'jackfield[appmixer]'" in told.err
