"""Forms out of fields: every type, values in and out, refusals in place."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from connectors.definition import Choice, Field
from desktop.ui.forms.form import Form
from desktop.ui.forms.safe_text import plain_text, safe_html
from desktop.ui.widgets import TextButton
from tests.engine.certificates import Authority
from tests.engine.client_certificates import client_pair
from tests.ui.part import Part

FIELDS = (
    Field(key="about", type="notice", name="About", tooltip="Read <b>this</b> first.", required=False),
    Field(key="domain", name="Domain", prefix="https://", suffix=".example.com", placeholder="acme"),
    Field(key="api_key", type="password", name="API key", tooltip="It stands in your <i>profile</i>."),
    Field(key="pem", type="textarea", name="Private key", secret=True, required=False),
    Field(key="notes", type="textarea", name="Notes", required=False),
    Field(
        key="region",
        type="select",
        name="Region",
        options=(Choice("Europe", "eu"), Choice("America", "us")),
    ),
    Field(key="tries", type="number", name="Tries", required=False),
    Field(key="sandbox", type="checkbox", name="Sandbox", required=False),
    Field(key="sandbox_id", name="Sandbox id", show_when={"sandbox": "true"}),
    Field(key="kind", type="hidden", name="Kind", default="web", required=False),
)


@pytest.fixture
def part(qtbot: QtBot) -> Part:
    return Part(qtbot, Form(FIELDS))


def problem(part: Part, key: str) -> str:
    label = part.root.rows[key].problem
    return label.text() if label.isVisible() else ""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (QLineEdit, "Domain"),
        (QLineEdit, "API key"),
        (QPlainTextEdit, "Private key"),
        (QPlainTextEdit, "Notes"),
        (QComboBox, "Region"),
        (QLineEdit, "Tries"),
        (QCheckBox, "Sandbox"),
    ],
)
def test_the_label_is_the_accessible_name(part: Part, kind: type[QWidget], name: str) -> None:
    assert part.find(kind, name).accessibleName() == name


def test_values_go_in_and_come_out(part: Part) -> None:
    given = {
        "domain": "acme",
        "api_key": "k-123",
        "pem": "line 1\nline 2",
        "notes": "two\nlines",
        "region": "us",
        "tries": "3",
        "sandbox": "true",
        "sandbox_id": "s1",
    }
    part.root.set_values(given)
    assert part.root.values() == given
    assert part.root.check() == given | {"kind": "web"}


def test_a_field_is_shown_only_when_its_condition_holds(part: Part) -> None:
    assert not part.all(QLineEdit, "Sandbox id")
    assert "sandbox_id" not in part.root.values()
    QTest.keyClick(part.find(QCheckBox, "Sandbox"), Qt.Key.Key_Space)
    part.type("Sandbox id", "s1")
    QTest.keyClick(part.find(QCheckBox, "Sandbox"), Qt.Key.Key_Space)
    assert not part.all(QLineEdit, "Sandbox id")
    QTest.keyClick(part.find(QCheckBox, "Sandbox"), Qt.Key.Key_Space)
    assert part.find(QLineEdit, "Sandbox id").text() == "s1"


def test_every_refusal_stands_under_its_field_and_the_first_has_the_focus(part: Part) -> None:
    part.type("Tries", "three")
    assert part.root.check() is None
    assert problem(part, "domain") == "Domain is needed."
    assert problem(part, "api_key") == "API key is needed."
    assert problem(part, "tries") == "Tries must be a number."
    assert problem(part, "notes") == ""
    assert part.find(QLineEdit, "Domain").hasFocus()
    assert "Domain is needed." in part.find(QLineEdit, "Domain").accessibleDescription()


def test_a_wrong_value_is_refused_when_it_is_left_and_forgiven_when_it_is_right(part: Part) -> None:
    part.type("Tries", "three")
    assert problem(part, "tries") == ""
    part.find(QLineEdit, "Domain").setFocus()
    assert problem(part, "tries") == "Tries must be a number."
    part.type("Tries", "3")
    assert problem(part, "tries") == ""


def test_an_empty_field_is_not_refused_before_anything_was_asked(part: Part) -> None:
    part.find(QLineEdit, "Domain").setFocus()
    part.find(QLineEdit, "API key").setFocus()
    assert problem(part, "domain") == ""


def test_a_secret_is_masked_and_can_be_shown(part: Part) -> None:
    part.type("API key", "k-123")
    line = part.find(QLineEdit, "API key")
    assert line.displayText() != "k-123"
    part.press("Show API key")
    assert line.displayText() == "k-123"
    part.press("Hide API key")
    assert line.displayText() != "k-123"


def test_a_secret_of_several_lines_is_covered_once_it_is_left(part: Part) -> None:
    part.type("Private key", "-----BEGIN")
    part.find(QLineEdit, "Domain").setFocus()
    assert not part.all(QPlainTextEdit, "Private key")
    assert part.says("10 characters, hidden")
    part.press("Show Private key")
    assert part.find(QPlainTextEdit, "Private key").toPlainText() == "-----BEGIN"
    assert part.root.values()["pem"] == "-----BEGIN"


def test_prefix_and_suffix_stand_beside_the_box_and_a_whole_address_is_understood(part: Part) -> None:
    assert part.says("https://") and part.says(".example.com")
    part.root.set_values({"domain": "https://acme.example.com/", "api_key": "k", "region": "eu"})
    cleaned = part.root.check()
    assert cleaned is not None and cleaned["domain"] == "acme"


def test_enter_submits(part: Part, qtbot: QtBot) -> None:
    with qtbot.waitSignal(part.root.submitted):
        QTest.keyClick(part.find(QLineEdit, "Domain"), Qt.Key.Key_Return)


def test_help_is_heard_as_plain_text_and_its_link_asks_first(qtbot: QtBot) -> None:
    tooltip = "See <a href='https://example.com/k'>here</a>."
    field = Field(key="k", name="Key", tooltip=tooltip, help_url="https://h.example")
    part = Part(qtbot, Form((field,)))
    assert part.find(QLineEdit, "Key").accessibleDescription() == "See here."
    with qtbot.waitSignal(part.root.link_asked) as asked:
        part.press("Where do I find Key?")
    assert asked.args == ["https://h.example"]
    assert not any(label.openExternalLinks() for label in part.root.findChildren(QLabel))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain & <b>bold</b>", "plain &amp; <b>bold</b>"),
        ("<script>alert(1)</script>after", "after"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<a href='javascript:alert(1)'>x</a>", "x"),
        ("<a href='http://example.com'>x</a>", "x"),
        ("<a href='https://user@example.com'>x</a>", "x"),
        ('<a href="https://example.com" onclick="x()">x</a>', '<a href="https://example.com">x</a>'),
        ("<b>never <i>closed", "<b>never <i>closed</i></b>"),
        ("<b><i>crossed</b></i>", "<b><i>crossed</i></b>"),
        ("a<br>b", "a<br>b"),
        ("1 < 2", "1 &lt; 2"),
        ("<style>*{}</style><code>x</code>", "<code>x</code>"),
    ],
)
def test_help_keeps_only_harmless_markup(given: str, kept: str) -> None:
    assert safe_html(given) == kept


def test_plain_text_has_no_markup_left() -> None:
    assert plain_text("<b>a</b> <script>b</script><a href='https://c.example'>c</a>") == "a c"


def test_tab_goes_from_field_to_field(part: Part) -> None:
    names = [stop.accessibleName() for stop in part.tab_order()]
    wanted = ["Domain", "API key", "Show API key", "Private key", "Notes", "Region", "Tries", "Sandbox"]
    assert names == wanted


PEM_FIELDS = (
    Field(key="certificate", type="textarea", name="Client certificate", secret=True, format="certificate"),
    Field(
        key="private_key",
        type="textarea",
        name="Private key",
        secret=True,
        required=False,
        format="private_key",
    ),
)


@pytest.fixture
def pem(qtbot: QtBot) -> Part:
    return Part(qtbot, Form(PEM_FIELDS))


def choose(part: Part, qtbot: QtBot, name: str, file: Path) -> None:
    """Presses the button beside a field and chooses a file."""
    part.press(f"Choose file for {name}")
    dialog = part.root.findChild(QFileDialog)
    assert dialog is not None and dialog.windowTitle() == name
    with qtbot.waitSignal(dialog.destroyed):
        dialog.fileSelected.emit(str(file))
        dialog.reject()


def test_a_certificate_is_taken_from_a_file_and_covered(pem: Part, qtbot: QtBot, tmp_path: Path) -> None:
    pair = client_pair(Authority(tmp_path))
    for name, text in (("certificate", pair.certificate), ("key", pair.key)):
        (tmp_path / f"client.{name}").write_text(text)
    choose(pem, qtbot, "Client certificate", tmp_path / "client.certificate")
    choose(pem, qtbot, "Private key", tmp_path / "client.key")
    values = {"certificate": pair.certificate.strip(), "private_key": pair.key.strip()}
    assert pem.root.values() == values and pem.root.check() == values
    assert pem.find(TextButton, "Show Private key").isVisible()
    assert not pem.all(QPlainTextEdit, "Private key")


def test_a_pkcs12_file_stands_there_as_base64(pem: Part, qtbot: QtBot, tmp_path: Path) -> None:
    packed = client_pair(Authority(tmp_path)).pkcs12("pw")
    (tmp_path / "client.p12").write_bytes(packed)
    choose(pem, qtbot, "Client certificate", tmp_path / "client.p12")
    assert base64.b64decode(pem.root.values()["certificate"], validate=True) == packed
    assert pem.root.check() is not None


def test_a_file_that_cannot_be_taken_says_why_and_changes_nothing(
    pem: Part, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")
    (tmp_path / "text").write_text("a shopping list")
    pem.root.set_values({"certificate": "typed"})
    choose(pem, qtbot, "Client certificate", tmp_path / "picture")
    assert "neither PEM text nor a PKCS#12 file" in problem(pem, "certificate")
    choose(pem, qtbot, "Client certificate", tmp_path / "absent")
    assert "cannot be read: no such file" in problem(pem, "certificate")
    assert pem.root.values()["certificate"] == "typed"
    choose(pem, qtbot, "Client certificate", tmp_path / "text")
    assert "BEGIN CERTIFICATE" in problem(pem, "certificate")
    choose(pem, qtbot, "Private key", tmp_path / "text")
    assert "not a private key in PEM" in problem(pem, "private_key")
