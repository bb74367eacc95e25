"""Every way to connect every service, in the window: its form can be filled in, and nothing is cut off."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from connectors.definition import Connector, Field, Method
from connectors.fields import visible_fields
from connectors.reading.loading import load_catalog
from desktop.engine.connect.redirects import redirect_text
from desktop.ui.connect.begin import Facts
from desktop.ui.connect.entry import EntryPanel
from tests.connectors.test_catalog import sample

METHODS = [
    pytest.param(connector, method, id=f"{connector.key}-{method.key}")
    for connector in load_catalog()
    for method in connector.methods.values()
]
CARD = 430  # a little less than the card has between its margins
KINDS = (QLineEdit, QPlainTextEdit, QComboBox, QCheckBox)


def shown(root: QWidget, name: str) -> list[QWidget]:
    return [
        w for kind in KINDS for w in root.findChildren(kind) if w.accessibleName() == name and w.isVisible()
    ]


def panel_of(qtbot: QtBot, connector: Connector, method: Method) -> EntryPanel:
    panel = EntryPanel(connector, method)
    qtbot.addWidget(panel)
    panel.resize(CARD, 700)
    panel.show_facts(Facts({}, redirect_text(connector.redirect), {}, method.key))
    panel.show()
    return panel


def asked(panel: EntryPanel) -> list[Field]:
    """Every field that the panel shows at first: the app's settings where one is missing, and the form."""
    fields = list(panel.client_fields()) if panel.client_missing() else []
    values = {field.key: field.default for field in panel.method.fields}
    return fields + [
        f for f in visible_fields(panel.method.fields, values) if f.type not in {"notice", "hidden"}
    ]


@pytest.mark.parametrize(("connector", "method"), METHODS)
def test_each_field_stands_there_by_its_name_and_secrets_are_hidden(
    qtbot: QtBot, connector: Connector, method: Method
) -> None:
    panel = panel_of(qtbot, connector, method)
    for field in asked(panel):
        editors = shown(panel, field.name)
        assert len(editors) == 1, f"{len(editors)} fields are called “{field.name}”"
        editor = editors[0]
        if field.secret and isinstance(editor, QLineEdit):
            assert editor.echoMode() == QLineEdit.EchoMode.Password
    texts = [label for label in panel.findChildren(QLabel) if label.isVisible()]
    assert [label.text() for label in texts if label.width() > CARD] == []
    assert panel.minimumSizeHint().width() <= CARD


@pytest.mark.parametrize(("connector", "method"), METHODS)
def test_a_form_that_was_filled_in_is_accepted_and_an_empty_one_names_what_is_missing(
    qtbot: QtBot, connector: Connector, method: Method
) -> None:
    panel = panel_of(qtbot, connector, method)
    fields = [*panel.client_fields(), *method.fields]
    needed = [f for f in asked(panel) if f.required and not f.default and f.type != "checkbox"]
    assert (panel.check() is None) == bool(needed)
    assert panel.form is not None
    panel.form.set_values({f.key: sample(f) for f in method.fields if f.type != "notice"})
    if panel.client is not None:
        panel.client.set_values({f.key: sample(f) for f in panel.client_fields()})
    assert panel.check() is not None, [f.key for f in fields]
