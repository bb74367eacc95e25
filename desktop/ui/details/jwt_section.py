"""What a JWT says, unfolded under the editors on demand; only for reading."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.ui import times
from desktop.ui.details.jwt import Jwt, claim_text, open_jwt
from desktop.ui.widgets import Dim, Label, Strong, TextButton, show_if


class JwtSection(QWidget):
    """Hidden for a token that is not a JWT. Folded up at first: claims may tell more than a name."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self._field = field
        self._jwt: Jwt | None = None
        self.toggle = TextButton("", accent=True)
        self.toggle.clicked.connect(self._turn)
        self._body: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_token("")

    def show_token(self, token: str) -> None:
        """Offers to open this token, if it is a JWT."""
        found = open_jwt(token) if token.count(".") == 2 else None
        if found != self._jwt or found is None:
            self._fold()
        self._jwt = found
        show_if(self, found is not None)

    @property
    def unfolded(self) -> bool:
        """Whether header and claims can be read."""
        return self._body is not None

    def _turn(self) -> None:
        if self._body is None and self._jwt is not None:
            self._body = self._made(self._jwt)
            self._column.addWidget(self._body)
            self.toggle.set_icon("chevron-down", "accent")
        else:
            self._fold()

    def _fold(self) -> None:
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
            self._body = None
        self.toggle.set_text(self.tr("{0} is a JWT: header and claims").format(self._field))
        self.toggle.set_icon("chevron-right", "accent")

    def _made(self, jwt: Jwt) -> QWidget:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(6, 0, 0, 6)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for title, members in ((self.tr("Header"), jwt.header), (self.tr("Claims"), jwt.claims)):
            grid.addWidget(Strong(title), grid.rowCount(), 0, 1, 2)
            for name, value in members.items():
                text, moment = claim_text(name, value)
                if moment is not None:
                    text = f"{times.local_text(moment)} ({text})"
                shown = Label(text)
                shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                row = grid.rowCount()
                grid.addWidget(Dim(name, wrap=False), row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(shown, row, 1)
        note = Dim(self.tr("Shown as it is written. The signature is not checked here."))
        grid.addWidget(note, grid.rowCount(), 0, 1, 2)
        return body
