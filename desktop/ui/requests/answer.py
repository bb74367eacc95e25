"""What came back: status, time and size, the body, the headers; known secrets covered until asked for."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop.engine.requests.reading import Readable
from desktop.engine.results import Answer
from desktop.ui.announce import announce
from desktop.ui.requests.answer_headers import AnswerHeaders
from desktop.ui.requests.answer_text import AnswerText
from desktop.ui.requests.answer_words import size_words, status_kind, status_word, time_words
from desktop.ui.widgets import Banner, Dim, EmptyState, FlowRow, StatePill, TextButton, show_if


class AnswerPanel(QWidget):
    """`save_asked`, `exchange_asked`, `sign_in_asked`, `revealed`, `copied(what, text, secret)`."""

    save_asked = Signal()
    exchange_asked = Signal()
    sign_in_asked = Signal()
    revealed = Signal()
    copied = Signal(str, str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.answer: Answer | None = None
        self._read: Readable | None = None
        self._open = False
        self.pill = StatePill()
        self.facts = Dim(wrap=False)
        self.show_button = TextButton("", accent=True)
        self.copy_button = TextButton(self.tr("Copy"), name=self.tr("Copy the answer"))
        self.save_button = TextButton(self.tr("Save as…"), name=self.tr("Save the answer as…"))
        self.exchange_button = TextButton(self.tr("Exchange in Activity"), accent=True)
        self.refused = Banner("bad")
        self.notes = Dim()
        self.text = AnswerText()
        self.no_text = EmptyState("", "", self.tr("Save as…"), icon_name="info", primary=False)
        self.headers = AnswerHeaders()
        self.tabs = QTabWidget()
        self.view = QComboBox()
        self._build()
        self._cover_timer = QTimer(self)
        self._cover_timer.setSingleShot(True)
        self._cover_timer.timeout.connect(self.cover)
        self.set_reveal_seconds(30)
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = FlowRow(
            self.pill, self.facts, self.show_button, self.copy_button, self.save_button, self.exchange_button
        )
        for part in (head, self.refused, self.tabs):
            column.addWidget(part)
        column.setStretchFactor(self.tabs, 1)
        self.view.setAccessibleName(self.tr("How the body is shown"))
        self.view.addItem(self.tr("Pretty"), "pretty")
        self.view.addItem(self.tr("Raw"), "raw")
        self._bodies = QStackedWidget()
        self._bodies.addWidget(self.text)
        self._bodies.addWidget(self.no_text)
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 8, 0, 0)
        inside.setSpacing(6)
        inside.addWidget(self.notes)
        inside.addWidget(self._bodies, 1)
        self.tabs.setDocumentMode(True)
        self.tabs.setProperty("inner", True)
        bar = self.tabs.tabBar()
        bar.setExpanding(False)
        bar.setDrawBase(False)
        bar.setAccessibleName(self.tr("Answer"))
        self.tabs.setCornerWidget(self.view)
        self.tabs.addTab(body, self.tr("Body"))
        self.tabs.addTab(self.headers, self.tr("Headers"))

    def _connect(self) -> None:
        self.view.currentIndexChanged.connect(lambda: self._show())
        self.show_button.clicked.connect(lambda: self._turn())
        self.copy_button.clicked.connect(lambda: self._copy())
        self.save_button.clicked.connect(self.save_asked)
        self.no_text.acted.connect(self.save_asked)
        self.exchange_button.clicked.connect(self.exchange_asked)
        self.refused.acted.connect(self.sign_in_asked)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.open_search)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def set_reveal_seconds(self, seconds: int) -> None:
        """How long what was covered stays readable."""
        self._cover_timer.setInterval(max(1, seconds) * 1000)

    @property
    def is_open(self) -> bool:
        """Whether known secrets in the answer can be read on the screen."""
        return self._open

    def show_answer(self, answer: Answer, read: Readable, *, refused: bool) -> None:
        """Shows an answer. `refused`: the service did not take the account's credential."""
        self.answer, self._read, self._open = answer, read, False
        self._cover_timer.stop()
        word = status_word(answer)
        self.pill.set_word(word, status_kind(answer.status))
        size = size_words(answer, QLocale())
        facts = [time_words(answer.elapsed), size]
        if answer.renewed:
            facts.append(self.tr("renewed the token and sent it again"))
        self.facts.setText("  ·  ".join(filter(None, facts)))
        announce(self, f"{word}, {self.facts.text()}")
        self.refused.show_message(
            "bad",
            self.tr("The service does not accept this account's credential.") if refused else "",
            self.tr("Sign in again"),
        )
        show_if(self.refused, refused)
        show_if(self.save_button, bool(answer.body) and read.kind != "binary")
        show_if(self.copy_button, read.kind in ("json", "text"))
        with QSignalBlocker(self.view):
            self.view.setCurrentIndex(0)
        show_if(self.view, read.kind == "json")
        self._say_no_text(read)
        self._show()

    def clear(self) -> None:
        """Holds nothing any more."""
        self._cover_timer.stop()
        self.answer = self._read = None
        self._open = False
        self.text.clear()
        self.headers.show_headers(())
        self.facts.setText("")
        self.notes.setText("")
        self.no_text.say("", "")

    def open_search(self) -> None:
        """Opens the search in the body."""
        if self._read is not None and self._read.kind in ("json", "text"):
            self.tabs.setCurrentIndex(0)
            self.text.open_search()

    def cover(self) -> None:
        """Hides known secrets again."""
        self._cover_timer.stop()
        if self._open:
            self._open = False
            self._show()

    def _turn(self) -> None:
        if self._open:
            self.cover()
            return
        self._open = True
        self._show()
        self._cover_timer.start()
        self.revealed.emit()

    def _show(self) -> None:
        read = self._read
        if read is None or self.answer is None:
            return
        shown = (read.pretty, read.raw) if self._open else (read.covered, read.covered_raw)
        text = shown[self.view.currentData() == "raw"]
        at = self.text.view.verticalScrollBar().value()
        self.text.show_text(text, is_json=read.kind == "json")
        self.text.view.verticalScrollBar().setValue(at)
        self.headers.show_headers(self.answer.headers if self._open else read.covered_headers)
        show_if(self.show_button, read.hides)
        self.show_button.set_text(self.tr("Cover secrets") if self._open else self.tr("Show covered secrets"))
        self.notes.setText(self._notes(read))
        show_if(self.notes, bool(self.notes.text()))

    def _notes(self, read: Readable) -> str:
        assert self.answer is not None
        notes = []
        if self.answer.truncated:
            notes.append(
                self.tr("Only the first {0} were read: the answer is too large.").format(
                    QLocale().formattedDataSize(len(self.answer.body))
                )
            )
        if read.cut:
            notes.append(self.tr("The beginning is shown; Save as… writes all of it."))
        if read.broken:
            notes.append(self.tr("Very long lines are broken to be shown."))
        return " ".join(notes)

    def _say_no_text(self, read: Readable) -> None:
        self._bodies.setCurrentWidget(self.text if read.kind in ("json", "text") else self.no_text)
        if read.kind == "binary" and self.answer is not None:
            size = size_words(self.answer, QLocale())
            self.no_text.say(
                self.tr("The answer is {0}").format(read.what),
                self.tr("{0}. It is not shown here; save it to look at it.").format(size),
                self.tr("Save as…"),
            )
        elif read.kind == "empty":
            self.no_text.say(self.tr("The answer has no body"), self.tr("Its headers stand beside it."))

    def _copy(self) -> None:
        if self.tabs.currentWidget() is self.headers:
            what, text = self.tr("The headers"), self.headers.as_text()
        else:
            what, text = self.tr("The answer"), self.text.view.toPlainText()
        secret = self._open and self._read is not None and self._read.hides
        self.copied.emit(what, text, secret)
