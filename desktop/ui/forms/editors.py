"""One editor per field type: it says its value as text, takes it back, and tells when somebody changed it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from connectors.definition import Field
from desktop.ui.widgets import Check, Dim, TextButton, restyle

TRUE = "true"
FALSE = "false"


class Editor(QWidget):
    """The base: `changed` after every edit, `left` when the focus goes on, `submitted` on Enter, `uncovered`
    when a secret is made readable.
    """

    changed = Signal()
    uncovered = Signal()
    left = Signal()
    submitted = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.box: QWidget = self

    def value(self) -> str:
        raise NotImplementedError

    def set_value(self, value: str) -> None:
        raise NotImplementedError

    def mark_wrong(self, wrong: bool) -> None:
        """Draws the box as refused; the sentence below it is the row's business."""
        restyle(self.box, "wrong", wrong)

    def watch(self, box: QWidget) -> None:
        """Makes `box` the control that takes the focus and carries the accessible name."""
        self.box = box
        box.setAccessibleName(self.field.name)
        self.setFocusProxy(box)
        box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A menu or another window that takes the focus for a moment is not "leaving the field".
        passing = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in passing:
            self.left.emit()
        return super().eventFilter(watched, event)


class LineEditor(Editor):
    """text, number and password: one line, with what stands before and after it, masked when secret."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.line = QLineEdit()
        self.line.setPlaceholderText(field.placeholder)
        if field.type == "number":
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if field.prefix:
            row.addWidget(_affix(field.prefix))
        row.addWidget(self.line, 1)
        if field.suffix:
            row.addWidget(_affix(field.suffix))
        self.watch(self.line)
        self.show_button: TextButton | None = None
        if field.secret or field.type == "password":
            self.line.setInputMethodHints(
                Qt.InputMethodHint.ImhHiddenText
                | Qt.InputMethodHint.ImhNoPredictiveText
                | Qt.InputMethodHint.ImhSensitiveData
            )
            self.show_button = TextButton(self.tr("Show"))
            self.show_button.setCheckable(True)
            self.show_button.toggled.connect(self._show)
            row.addWidget(self.show_button)
            self._show(False)
        # Not textEdited: what assistive technology writes is no typing to Qt.
        self.line.textChanged.connect(lambda: self.changed.emit())
        self.line.returnPressed.connect(self.submitted)

    def _show(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        if self.show_button is not None:
            word = self.tr("Hide") if shown else self.tr("Show")
            self.show_button.set_text(word, name=f"{word} {self.field.name}")
        if shown:
            self.uncovered.emit()

    def value(self) -> str:
        return self.line.text()

    def set_value(self, value: str) -> None:
        with QSignalBlocker(self):
            self.line.setText(value)
        self.line.setCursorPosition(0)


class TextEditor(Editor):
    """textarea: several lines. A secret one is covered once it is left: typing cannot be masked."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(field.placeholder)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 4 + 18)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        self.watch(self.text)
        self.text.textChanged.connect(self.changed)
        self._covered = QWidget()
        row = QHBoxLayout(self._covered)
        row.setContentsMargins(0, 0, 0, 0)
        self._summary = Dim()
        self._uncover = TextButton(self.tr("Show"), name=self.tr("Show {0}").format(field.name))
        self._uncover.clicked.connect(self._reveal)
        row.addWidget(self._summary, 1)
        row.addWidget(self._uncover)
        self._covered.hide()
        column.addWidget(self._covered)
        if field.secret:
            self.left.connect(self._cover)

    def _cover(self) -> None:
        if length := len(self.text.toPlainText()):
            self._summary.setText(self.tr("•••••••• (%n characters, hidden)", "", length))
            self.text.hide()
            self._covered.show()

    def _reveal(self) -> None:
        self._covered.hide()
        self.text.show()
        self.text.setFocus()
        self.uncovered.emit()

    def value(self) -> str:
        return self.text.toPlainText()

    def set_value(self, value: str) -> None:
        self.text.setPlainText(value)
        if self.field.secret:
            self._cover()


class SelectEditor(Editor):
    """select: one of the choices. An optional one can also be left open."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.choices = QComboBox()
        self.choices.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        if not field.default:
            self.choices.addItem(self.tr("Choose…") if field.required else self.tr("Not set"), "")
        for choice in field.options:
            self.choices.addItem(choice.label, choice.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.choices)
        self.watch(self.choices)
        self.choices.activated.connect(self.changed)

    def value(self) -> str:
        return str(self.choices.currentData() or "")

    def set_value(self, value: str) -> None:
        if (place := self.choices.findData(value)) >= 0:
            self.choices.setCurrentIndex(place)


class CheckEditor(Editor):
    """checkbox: its own label stands beside it."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        row = Check(field.name)
        self.check = row.box
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row)
        self.watch(self.check)
        self.check.clicked.connect(self.changed)

    def value(self) -> str:
        return TRUE if self.check.isChecked() else FALSE

    def set_value(self, value: str) -> None:
        self.check.setChecked(value.strip().casefold() in {TRUE, "1", "yes", "on"})


class HiddenEditor(Editor):
    """hidden: nothing to see, a value to send."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._value = field.default

    def value(self) -> str:
        return self._value

    def set_value(self, value: str) -> None:
        self._value = value


def editor_for(field: Field) -> Editor:
    """The editor of a field. A notice has none; asking for one is a mistake of the caller."""
    match field.type:
        case "textarea":
            return TextEditor(field)
        case "select":
            return SelectEditor(field)
        case "checkbox":
            return CheckEditor(field)
        case "hidden":
            return HiddenEditor(field)
        case "text" | "password" | "number":
            return LineEditor(field)
    raise ValueError(f"a field of type {field.type} takes no value")


def _affix(text: str) -> Dim:
    return Dim(text, wrap=False)
