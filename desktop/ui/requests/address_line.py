"""The line of a request: method, address, Send or Cancel; below it where it goes and what is put on it."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.engine.requests.preview import RequestPreview
from desktop.ui.requests.draft import METHODS
from desktop.ui.requests.verbs import monospace, verb_kind
from desktop.ui.widgets import Button, Dim, ErrorText, PrimaryButton, restyle, show_if


class AddressLine(QWidget):
    """`changed` after an edit, `send_asked`, `cancel_asked`, `pasted(text)` for a whole command."""

    changed = Signal()
    send_asked = Signal()
    cancel_asked = Signal()
    pasted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._showing = False
        self._preview: RequestPreview | None = None
        self.method = QComboBox()
        self.method.setEditable(True)
        self.method.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.method.addItems(METHODS)
        self.method.setAccessibleName(self.tr("Method"))
        edit = self.method.lineEdit()
        edit.setAccessibleName(self.tr("Method"))
        edit.setMaxLength(31)
        self.method.setMinimumWidth(edit.fontMetrics().horizontalAdvance("OPTIONS") + 56)
        self.url = QLineEdit()
        self.url.setFont(monospace())
        self.url.setAccessibleName(self.tr("Address"))
        self.url.setPlaceholderText(self.tr("/path, or a whole address"))
        self.send = PrimaryButton(self.tr("Send"))
        # As high as its neighbours, although its font is lower.
        self.url.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.send.setToolTip(self.tr("Ctrl+Enter"))
        self.cancel = Button(self.tr("Cancel"), name=self.tr("Cancel the request"))
        self.problem = ErrorText()
        self.where = Dim()
        self._build()
        self._tint()
        self.method.currentTextChanged.connect(lambda: self._edited())
        self.url.textChanged.connect(lambda: self._edited())
        self.url.returnPressed.connect(self.send_asked)
        edit.returnPressed.connect(self.send_asked)
        self.send.clicked.connect(self.send_asked)
        self.cancel.clicked.connect(self.cancel_asked)

    def _build(self) -> None:
        holder = QWidget()
        self._buttons = QStackedLayout(holder)
        self._buttons.addWidget(self.send)
        self._buttons.addWidget(self.cancel)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.method)
        row.addWidget(self.url, 1)
        row.addWidget(holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(self.where)

    def show_line(self, method: str, url: str) -> None:
        """Shows another method and address; what says it already keeps its cursor."""
        self._showing = True
        if self.method.currentText() != method:
            self.method.setCurrentText(method)
        if self.url.text() != url:
            self.url.setText(url)
            self.url.setCursorPosition(0)
        self._showing = False

    def line(self) -> tuple[str, str]:
        """Method and address as they stand."""
        return self.method.currentText().strip().upper(), self.url.text()

    def show_preview(self, preview: RequestPreview | None) -> None:
        """Says where the request goes and how the account is put on it."""
        self._preview = preview
        self._say_where()

    def _say_where(self) -> None:
        preview = self._preview
        said = []
        elsewhere = _host(self.url.text())
        if preview is not None:
            if preview.base and not elsewhere:
                said.append(self.tr("Below {0}").format(preview.base))
            if preview.credential:
                added = ", ".join(preview.credential)
                said.append(self.tr("{0} is added when it is sent").format(added))
            if preview.signed:
                said.append(self.tr("signed when it is sent ({0})").format(preview.signed))
            foreign = bool(elsewhere) and elsewhere != _host(preview.base)
            if foreign and (preview.credential or preview.signed):
                said.append(self.tr("{0} gets to know it").format(elsewhere))
            restyle(self.where, "kind", "soon" if foreign else "")
        self.where.setText("  ·  ".join(said))
        show_if(self.where, bool(said))

    def show_running(self, running: bool) -> None:
        """Send becomes Cancel while a request runs; the focus stays in the same place."""
        had = self.send.hasFocus() or self.cancel.hasFocus()
        self._buttons.setCurrentWidget(self.cancel if running else self.send)
        if had:
            (self.cancel if running else self.send).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, sentence: str) -> None:
        """Says why this address cannot be used; an empty sentence takes it away."""
        self.problem.set_reason(sentence)
        restyle(self.url, "wrong", bool(sentence))

    def clear(self) -> None:
        """Nothing of what was typed stays."""
        self.show_line("GET", "")
        self.show_preview(None)
        self.show_problem("")

    def _edited(self) -> None:
        self._tint()
        self._say_where()
        if self._showing:
            return
        self.show_problem("")
        if self.url.text().lstrip().startswith("curl "):
            self.pasted.emit(self.url.text())
            return
        self.changed.emit()

    def _tint(self) -> None:
        kind = verb_kind(self.method.currentText())
        restyle(self.method, "verb", kind)


def _host(url: str) -> str:
    """Host and port of a whole address; nothing for a path, and for what cannot be read yet."""
    scheme, sign, rest = url.strip().partition("://")
    return re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower() if sign and scheme else ""
