"""The request under way: its name, its line, its parameters, headers and body."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from desktop.engine.requests.preview import RequestPreview
from desktop.ui.requests.address_line import AddressLine
from desktop.ui.requests.body import BodyTab
from desktop.ui.requests.draft import Draft
from desktop.ui.requests.headers import HeadersTab
from desktop.ui.requests.params import ParamsTab
from desktop.ui.widgets import Button, ErrorText, restyle


class RequestEditor(QWidget):
    """`edited(draft)` after every edit, `save_asked`, `more_asked`, `restocked` when Tab has other stops."""

    edited = Signal(object)
    save_asked = Signal()
    more_asked = Signal()
    restocked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._draft = Draft()
        self._showing = False
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the request"))
        self.name.setPlaceholderText(self.tr("Name, for keeping it"))
        self.name.setMaxLength(200)
        self.save = Button(self.tr("Save"), name=self.tr("Save the request"))
        self.more = Button("", icon_name="dots", name=self.tr("More"))
        self.more.setToolTip(self.tr("More"))
        self.name_problem = ErrorText()
        self.line = AddressLine()
        self.params = ParamsTab()
        self.headers = HeadersTab()
        self.body = BodyTab()
        self.tabs = QTabWidget()
        self._build()
        self.name.textChanged.connect(lambda: self._take())
        self.name.returnPressed.connect(self.save_asked)
        self.save.clicked.connect(self.save_asked)
        self.more.clicked.connect(self.more_asked)
        self.line.changed.connect(self._line_edited)
        self.params.changed.connect(self._params_edited)
        self.headers.changed.connect(self._take)
        self.body.changed.connect(self._take)
        for rows in (self.params, self.headers.rows, self.body.form):
            rows.restocked.connect(self.restocked)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        column.addLayout(top)
        for part in (self.name_problem, self.line, self.tabs):
            column.addWidget(part)
        column.setStretchFactor(self.tabs, 1)
        self.tabs.setDocumentMode(True)
        self.tabs.setProperty("inner", True)
        bar = self.tabs.tabBar()
        bar.setExpanding(False)
        bar.setDrawBase(False)
        bar.setAccessibleName(self.tr("Request"))
        for page, text in (
            (self.params, self.tr("Params")),
            (self.headers, self.tr("Headers")),
            (self.body, self.tr("Body")),
        ):
            self.tabs.addTab(_scrolled(page), text)
        top.addWidget(self.name, 1)
        top.addWidget(self.save)
        top.addWidget(self.more)

    @property
    def draft(self) -> Draft:
        """The request as it stands."""
        return self._draft

    def show_draft(self, draft: Draft) -> None:
        """Shows another request. Undo steps of the one before are gone."""
        self._showing = True
        self._draft = draft
        if self.name.text() != draft.name:
            self.name.setText(draft.name)
        self.line.show_line(draft.method, draft.url)
        self.line.show_problem("")
        self.name_problem.set_reason("")
        self.params.show_draft(draft)
        self.headers.show_draft(draft)
        self.body.show_draft(draft)
        self._showing = False
        self._count()

    def clear(self) -> None:
        """Nothing of what was typed stays, no undo step either."""
        self._showing = True
        self._draft = Draft()
        self.name.setText("")
        self.name_problem.set_reason("")
        for part in (self.line, self.params, self.headers, self.body):
            part.clear()
        self._showing = False
        self._count()

    def show_preview(self, preview: RequestPreview | None) -> None:
        """Says where requests of the account go, and what is put on them."""
        self.line.show_preview(preview)
        self.headers.show_standing(preview.standing if preview else ())

    def show_problems(self, problems: dict[str, str]) -> None:
        """Says at each part why it is refused."""
        name = problems.get("name", "")
        self.name_problem.set_reason(name)
        restyle(self.name, "wrong", bool(name))
        rest = [sentence for part, sentence in problems.items() if part != "name"]
        self.line.show_problem(" ".join(rest))
        if name:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        elif "headers" in problems:
            self.tabs.setCurrentIndex(1)
        elif rest:
            self.line.url.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_missing(self, names: tuple[str, ...]) -> None:
        """Says which names of the path have no value, and goes to the first."""
        self.line.show_problem(
            self.tr("Fill in {0}: the address needs a value in its place.").format(", ".join(names))
        )
        self.tabs.setCurrentIndex(0)
        self.params.mark_missing(names)

    def focus_name(self) -> None:
        """Puts the cursor in the name, everything selected."""
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    def _line_edited(self) -> None:
        method, url = self.line.line()
        if url != self._draft.url:
            self._draft = msgspec.structs.replace(self._draft, url=url)
            self.params.show_draft(self._draft)
        self._draft = msgspec.structs.replace(self._draft, method=method)
        self._say()

    def _params_edited(self) -> None:
        url, off, variables = self.params.taken(self._draft)
        self._draft = msgspec.structs.replace(self._draft, url=url, off_params=off, variables=variables)
        self.line.show_line(self._draft.method, url)
        self.line.show_problem("")
        self._say()

    def _take(self) -> None:
        if self._showing:
            return
        if self._draft.name != self.name.text():
            self.show_problems({})
        kind, body = self.body.taken(self._draft)
        self._draft = msgspec.structs.replace(
            self._draft, name=self.name.text(), headers=self.headers.taken(self._draft), kind=kind, body=body
        )
        self._say()

    def _say(self) -> None:
        self._count()
        self.edited.emit(self._draft)

    def _count(self) -> None:
        """A tab says how much is in it, so that nothing is sent that nobody sees."""
        headers = sum(pair.on and bool(pair.name) for pair in self._draft.headers)
        params = len(self.params.boxes) + sum(pair.on for pair in self.params.query.pairs())
        for place, (text, number) in enumerate(
            ((self.tr("Params"), params), (self.tr("Headers"), headers), (self.tr("Body"), 0))
        ):
            mark = f" ({number})" if number else ""
            self.tabs.setTabText(place, text + mark)
        if self._draft.kind != "none":
            kind = self.body.kind.currentText()
            self.tabs.setTabText(2, self.tr("Body: {0}").format(kind))


def _scrolled(page: QWidget) -> QScrollArea:
    page.setProperty("scrolled", True)
    page.layout().setContentsMargins(2, 10, 8, 4)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumHeight(130)
    area.setWidget(page)
    return area
