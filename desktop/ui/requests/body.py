"""The tab Body: JSON, a form, text or nothing."""

from __future__ import annotations

import json

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.engine.requests.reading import pretty_json
from desktop.ui.requests.addresses import form_body, form_pairs
from desktop.ui.requests.draft import BodyKind, Draft, Pair
from desktop.ui.requests.pair_rows import PairRows
from desktop.ui.requests.verbs import monospace
from desktop.ui.widgets import Dim, TextButton, restyle, show_if

_TYPING = 250  # milliseconds
_LEAST_LINES = 5


class BodyTab(QWidget):
    """`changed` when a person edits it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._showing = False
        self._before_form: str | None = None  # the text, until somebody edits the rows made of it
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Kind of body"))
        kinds: tuple[tuple[str, BodyKind], ...] = (
            (self.tr("None"), "none"),
            (self.tr("JSON"), "json"),
            (self.tr("Form"), "form"),
            (self.tr("Text"), "text"),
        )
        for text, kind in kinds:
            self.kind.addItem(text, kind)
        self.verdict = Dim()
        self.format = TextButton(self.tr("Format"), name=self.tr("Format the body"), accent=True)
        self.format.clicked.connect(lambda: self._format())
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Body"))
        self.text.setFont(monospace())
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * _LEAST_LINES + 16)
        self.form = PairRows(self.tr("Form member"), checked=False)
        self._nothing = Dim(self.tr("The request has no body."))
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.kind)
        top.addWidget(self.verdict, 1)
        top.addWidget(self.format)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._nothing)
        column.addWidget(self.form)
        column.addWidget(self.text, 1)
        column.addStretch(0)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self.judge)
        self.kind.currentIndexChanged.connect(lambda: self._chosen())
        self.text.textChanged.connect(self._edited)
        self.form.changed.connect(self._form_edited)
        self._arrange()

    def show_draft(self, draft: Draft) -> None:
        """Shows the body of a request."""
        self._showing = True
        self._before_form = None
        self.kind.setCurrentIndex(self.kind.findData(draft.kind))
        if draft.kind == "form":
            self.form.show_pairs(_rows(draft.body))
        if self.text.toPlainText() != draft.body:
            self.text.setPlainText(draft.body)  # forgets the undo steps of the one before
        self._showing = False
        self._arrange()
        self.judge()

    def taken(self, draft: Draft) -> tuple[BodyKind, str]:
        """Kind and body as they stand. A body that is not sent stays for whoever turns it on again."""
        kind: BodyKind = self.kind.currentData()
        if kind == "form" and not self.form.crowded:
            return kind, form_body([(pair.name, pair.value) for pair in self.form.pairs()])
        return kind, self.text.toPlainText()

    def clear(self) -> None:
        """Nothing of what was typed stays."""
        self.show_draft(Draft())
        self.text.setPlainText("")
        self.form.clear()

    def judge(self) -> None:
        """Says whether the JSON can be read, and where not."""
        self._typing.stop()
        text = self.text.toPlainText()
        is_json = self.kind.currentData() == "json"
        problem = ""
        if is_json and text.strip():
            try:
                json.loads(text)
            except RecursionError:
                problem = self.tr("This is nested too deeply to be checked.")
            except ValueError as error:
                at = getattr(error, "lineno", 0), getattr(error, "colno", 0)
                said = getattr(error, "msg", str(error))
                problem = self.tr("Not valid JSON: line {0}, column {1}: {2}.").format(*at, said)
        good = is_json and bool(text.strip()) and not problem
        self.verdict.setText(problem or (self.tr("Valid JSON") if good else ""))
        restyle(self.verdict, "kind", "bad" if problem else "good" if good else "")
        self.format.setEnabled(good)

    def _format(self) -> None:
        text = pretty_json(self.text.toPlainText())
        cursor = self.text.textCursor()  # by a cursor, so that it can be undone
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def _chosen(self) -> None:
        if self._showing:
            return
        self._showing = True
        if self.kind.currentData() == "form":
            self._before_form = self.text.toPlainText()
            self.form.show_pairs(_rows(self._before_form))
        elif self.form.isVisibleTo(self) and self._before_form is None:
            pairs = [(pair.name, pair.value) for pair in self.form.pairs()]
            self.text.setPlainText(form_body(pairs))
        self._showing = False
        self._arrange()
        self._edited()

    def _form_edited(self) -> None:
        self._before_form = None
        self._edited()

    def _edited(self) -> None:
        if not self._showing:
            self._typing.start()
            self.changed.emit()

    def _arrange(self) -> None:
        kind = self.kind.currentData()
        show_if(self._nothing, kind == "none")
        show_if(self.form, kind == "form" and not self.form.crowded)
        show_if(self.text, kind in ("json", "text") or (kind == "form" and self.form.crowded))
        show_if(self.format, kind == "json")
        show_if(self.verdict, kind == "json")


def _rows(body: str) -> list[Pair]:
    return [Pair(name, value) for name, value in form_pairs(body)]
