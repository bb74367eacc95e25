"""One row of a form: the label, the editor, the help below it, and the sentence when the value is refused."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from connectors.definition import Field
from desktop.ui.forms.editors import Editor, editor_for
from desktop.ui.forms.file_editor import FileTextEditor, takes_file
from desktop.ui.forms.safe_text import plain_text, safe_html
from desktop.ui.widgets import Dim, ErrorText, Label, TextButton


class FieldRow(QWidget):
    """A field as people meet it. `link_asked(url)` when they want the service's help page."""

    link_asked = Signal(str)

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.editor: Editor | None = None
        self.problem = ErrorText()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if field.type == "notice":
            column.addWidget(self._rich(field.tooltip or field.name))
            self._add_help_link(column)
            return
        if takes_file(field):
            self.editor = FileTextEditor(field)
            self.editor.refused.connect(self.set_problem)
        else:
            self.editor = editor_for(field)
        if field.type == "hidden":
            self.hide()
            return
        if field.type != "checkbox":
            column.addLayout(self._heading())
        column.addWidget(self.editor)
        if field.tooltip:
            column.addWidget(self._rich(field.tooltip))
            self.editor.box.setAccessibleDescription(plain_text(field.tooltip))
        self._add_help_link(column)
        column.addWidget(self.problem)

    def _heading(self) -> QHBoxLayout:
        """The label, and a mark where an answer is needed. The mark is no part of the accessible name."""
        row = QHBoxLayout()
        row.setSpacing(4)
        label = Label(self.field.name)
        if self.editor is not None:
            label.setBuddy(self.editor.box)
        row.addWidget(label, 1)
        mark = Dim(self.tr("required") if self.field.required else self.tr("optional"), wrap=False)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _rich(self, text: str) -> Dim:
        label = Dim()
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setText(safe_html(text))
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        label.setFocusPolicy(Qt.FocusPolicy.TabFocus if "<a " in label.text() else Qt.FocusPolicy.NoFocus)
        label.linkActivated.connect(self.link_asked)
        return label

    def _add_help_link(self, column: QVBoxLayout) -> None:
        if not self.field.help_url:
            return
        link = TextButton(
            self.tr("Where do I find this?"),
            accent=True,
            name=self.tr("Where do I find {0}?").format(self.field.name),
        )
        link.clicked.connect(lambda: self.link_asked.emit(self.field.help_url))
        column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def value(self) -> str:
        """What would be sent; a notice has nothing to send."""
        return self.editor.value() if self.editor else ""

    def set_problem(self, sentence: str) -> None:
        """Shows why the value is refused, or takes the sentence away."""
        if self.editor is None:
            return
        self.problem.set_reason(sentence)
        self.editor.mark_wrong(bool(sentence))
        help_text = plain_text(self.field.tooltip)
        self.editor.box.setAccessibleDescription(f"{sentence} {help_text}".strip())
